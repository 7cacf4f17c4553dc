"use strict";
// Charts answer: whoever points at a mark, taps it or walks to it reads its value in words; a
// district chosen anywhere is marked in every chart, map and table. Without this script the
// charts and tables are complete, and each mark still has its words as a title.
(function () {
  var SVG = "http://www.w3.org/2000/svg";
  var NEAR = 28;
  var body = document.body;

  function all(where, what) { return Array.prototype.slice.call(where.querySelectorAll(what)); }
  function element(name, className, text) {
    var made = document.createElement(name);
    if (className) { made.className = className; }
    if (text !== undefined) { made.textContent = text; }
    return made;
  }

  // ---------------------------------------------------------------- a district chosen

  var chosen = null;
  var bar = null;
  // "Huyện An Minh", "An Minh" and the title "Hồ sơ huyện: An Minh" name one district.
  function bare(name) {
    return name.normalize("NFC").replace(/^.*: /, "").replace(/^(huyện|thành phố|thị xã|tp\.?|district of|city of) /i, "").replace(/ (district|city)$/i, "").trim().toLowerCase();
  }
  function profile(name) {
    var pages = window.kgstatsSearch ? window.kgstatsSearch.pages : [];
    return Array.prototype.find.call(pages, function (page) {
      return /profile/.test(page.href) && bare(page.title) === bare(name);
    });
  }
  function choose(code, name, always) {
    chosen = code && (always || code !== chosen) ? code : null;
    all(document, ".chosen").forEach(function (one) { one.classList.remove("chosen"); });
    all(document, ".asked").forEach(function (one) { one.classList.remove("asked"); });
    if (chosen) {
      all(document, '[data-district="' + chosen + '"]').forEach(function (one) {
        one.classList.add("chosen");
        var chart = one.closest(".chart");
        if (chart) { chart.classList.add("asked"); }
      });
    }
    document.dispatchEvent(new CustomEvent("kgstats:district", { detail: chosen }));
    tellChosen(name);
  }
  function tellChosen(name) {
    if (!bar) {
      bar = element("div", "chosen-place");
      bar.setAttribute("role", "status");
      body.appendChild(bar);
    }
    bar.textContent = "";
    bar.hidden = !chosen;
    if (!chosen) { return; }
    bar.appendChild(element("b", "", name || ""));
    var own = profile(name || "");
    if (own && !location.pathname.endsWith("/" + own.href)) {
      var link = element("a", "", body.dataset.profile || own.title);
      link.href = own.href;
      bar.appendChild(link);
    }
    var close = element("button", "", "✕");
    close.type = "button";
    close.setAttribute("aria-label", body.dataset.close || "✕");
    close.addEventListener("click", function () { choose(null); });
    bar.appendChild(close);
  }
  window.kgstatsChoose = choose;
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && chosen && !event.defaultPrevented) { choose(null); }
  });
  document.addEventListener("click", function (event) {
    var row = event.target.closest("table.data tr[data-district]");
    if (row && !event.target.closest("a, button, input, summary")) {
      choose(row.dataset.district, row.cells[0].textContent.trim());
    }
  });

  // ---------------------------------------------------------------- marks

  function Chart(root) {
    var chart = this;
    this.root = root;
    this.at = null;
    this.marks = all(root, ".mark").map(function (group) {
      var title = group.querySelector("title"), words = title.textContent;
      title.remove();
      group.setAttribute("role", "img");
      group.setAttribute("aria-label", words);
      group.setAttribute("tabindex", "-1");
      return { group: group, words: words };
    });
    if (!this.marks.length) { return; }
    this.marks[0].group.setAttribute("tabindex", "0");
    this.tip = element("div", "tip");
    this.tip.hidden = true;
    this.tip.setAttribute("aria-hidden", "true");
    root.appendChild(this.tip);
    root.classList.add("answers");
    var named = root.querySelector('[role="img"][aria-label]:not(.mark)');
    if (named) { named.setAttribute("role", "group"); }
    // Its marks can be walked to, so nothing around them is hidden or a stop of its own.
    all(root, ".chart-plot > svg").forEach(function (svg) {
      svg.removeAttribute("aria-hidden");
      svg.setAttribute("tabindex", "-1");
    });
    root.addEventListener("pointermove", function (event) {
      if (event.pointerType !== "touch") { chart.tell(chart.nearest(event)); }
    });
    root.addEventListener("pointerleave", function () { chart.tell(null); });
    root.addEventListener("click", function (event) {
      var mark = chart.nearest(event);
      chart.tell(mark);
      if (mark && mark.group.dataset.district) {
        choose(mark.group.dataset.district, mark.words.split(/[:;,]/)[0]);
      }
    });
    root.addEventListener("focusin", function (event) { chart.tell(chart.of(event.target)); });
    root.addEventListener("focusout", function () { chart.tell(null); });
    root.addEventListener("keydown", function (event) { chart.key(event); });
  }
  Chart.prototype.of = function (target) {
    return this.marks.find(function (one) { return one.group.contains(target); }) || null;
  };
  // The mark pointed at; else the nearest, so that a thin bar or a small dot is easily met.
  Chart.prototype.nearest = function (event) {
    var direct = this.of(event.target), best = null, least = NEAR;
    if (direct) { return direct; }
    this.marks.forEach(function (one) {
      all(one.group, "rect, circle, line, path, text").forEach(function (part) {
        var box = part.getBoundingClientRect();
        if (!box.width && !box.height) { return; }
        var dx = Math.max(box.left - event.clientX, 0, event.clientX - box.right);
        var dy = Math.max(box.top - event.clientY, 0, event.clientY - box.bottom);
        var far = Math.hypot(dx, dy);
        if (far < least) { least = far; best = one; }
      });
    });
    // Between the parts of a row, such as a dot and its number, the row answers.
    return best || this.marks.find(function (one) {
      var box = one.group.getBoundingClientRect();
      return event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    }) || null;
  };
  Chart.prototype.tell = function (mark) {
    if (this.at && this.at !== mark) { this.at.group.classList.remove("told"); }
    this.at = mark;
    this.tip.hidden = !mark;
    if (!mark) { return; }
    mark.group.classList.add("told");
    this.tip.textContent = mark.words;
    var box = mark.group.getBoundingClientRect(), frame = this.root.getBoundingClientRect();
    // The end of the mark, as far as the tip stays within the frame.
    var left = Math.min(Math.max(0, box.left - frame.left + box.width / 2 - this.tip.offsetWidth / 2), frame.width - this.tip.offsetWidth);
    var above = box.top - frame.top - this.tip.offsetHeight - 6;
    this.tip.style.left = Math.max(0, left) + "px";
    this.tip.style.top = (frame.top + above < 0 ? box.bottom - frame.top + 6 : above) + "px";
  };
  Chart.prototype.key = function (event) {
    var mark = this.of(event.target), at = this.marks.indexOf(mark), next = null;
    if (!mark || event.ctrlKey || event.altKey || event.metaKey) { return; }
    if (event.key === "ArrowDown" || event.key === "ArrowRight") { next = this.marks[at + 1]; }
    else if (event.key === "ArrowUp" || event.key === "ArrowLeft") { next = this.marks[at - 1]; }
    else if (event.key === "Home") { next = this.marks[0]; }
    else if (event.key === "End") { next = this.marks[this.marks.length - 1]; }
    else if ((event.key === "Enter" || event.key === " ") && mark.group.dataset.district) {
      choose(mark.group.dataset.district, mark.words.split(/[:;,]/)[0]);
      event.preventDefault();
      return;
    } else { return; }
    event.preventDefault();
    if (!next) { return; }
    mark.group.setAttribute("tabindex", "-1");
    next.group.setAttribute("tabindex", "0");
    next.group.focus({ preventScroll: true });
    next.group.scrollIntoView({ block: "nearest" });
  };
  function enliven() {
    all(document, ".chart:not(.answers)").forEach(function (root) { new Chart(root); });
  }
  window.kgstatsEnliven = enliven;
  enliven();

  // ---------------------------------------------------------------- a chart as a picture

  // Everything a figure shows, drawn anew as one SVG of fixed size: title, key, drawing, axes;
  // below it what a map's colours mean, the note, what is said of the returns, and the citation.
  function standalone(figure) {
    var frame = figure.querySelector(".chart") || figure.querySelector(".map-canvas");
    if (!frame) { return null; }
    var box = frame.getBoundingClientRect(), pad = 16, ink = getComputedStyle(body).color;
    var title = figure.querySelector("figcaption"), head = 0, made = [];
    function text(words, x, y, size, weight, colour) {
      var one = document.createElementNS(SVG, "text");
      one.setAttribute("x", x); one.setAttribute("y", y);
      one.setAttribute("font-size", size); one.setAttribute("font-weight", weight);
      one.setAttribute("fill", colour);
      one.textContent = words;
      made.push(one);
    }
    if (title) {
      var now = figure.querySelector(".map-year-now");
      lines(title).concat(now ? [now.textContent] : []).forEach(function (line) { head += 22; text(line, pad, pad + head - 5, 16, 700, ink); });
      head += 8;
    }
    all(frame, "svg").filter(function (svg) { return !svg.parentNode.closest("svg"); }).forEach(function (svg) {
      var own = svg.getBoundingClientRect(), copy = svg.cloneNode(true);
      inline(svg, copy);
      copy.setAttribute("x", own.left - box.left + pad);
      copy.setAttribute("y", own.top - box.top + pad + head);
      copy.setAttribute("width", own.width); copy.setAttribute("height", own.height);
      copy.setAttribute("style", "overflow:visible");
      made.push(copy);
    });
    all(frame, ".chart-key span, .chart-axis, .chart-panel").forEach(function (one) {
      var spans = one.matches(".chart-axis") ? all(one, "span") : [];
      (spans.length ? spans : [one]).forEach(function (part) {
        var style = getComputedStyle(part), size = parseFloat(style.fontSize);
        lines(part).forEach(function (line, n) {
          var at = part.getBoundingClientRect();
          text(line, at.left - box.left + pad, at.top - box.top + pad + head + size * (1 + 1.3 * n), size, style.fontWeight, style.color);
        });
      });
    });
    var low = box.height + head + pad + 14, muted = getComputedStyle(body).getPropertyValue("--muted");
    all(figure, ".map-legend-title, .map-legend li").forEach(function (one) {
      var swatch = one.querySelector("svg"), words = (one.querySelector(".map-meaning") || one).textContent.trim();
      low += 20;
      if (swatch) {
        var copy = swatch.cloneNode(true);
        inline(swatch, copy);
        copy.setAttribute("x", pad); copy.setAttribute("y", low - 12);
        made.push(copy);
      }
      text(words, pad + (swatch ? 32 : 0), low, 13, swatch ? 400 : 700, ink);
    });
    low += low > box.height + head + pad + 14 ? 6 : 0;
    all(figure, ".note").concat(all(document, ".banner"), all(figure, ".cite > span")).forEach(function (one) {
      wrapped(one.textContent, box.width, 11).forEach(function (line) { low += 15; text(line, pad, low, 11, 400, muted); });
    });
    var width = box.width + 2 * pad, height = low + pad;
    var svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("xmlns", SVG);
    svg.setAttribute("width", width); svg.setAttribute("height", height);
    svg.setAttribute("viewBox", "0 0 " + width + " " + height);
    svg.setAttribute("font-family", getComputedStyle(body).fontFamily.replace(/"/g, "'"));
    var paper = document.createElementNS(SVG, "rect");
    paper.setAttribute("width", width); paper.setAttribute("height", height);
    paper.setAttribute("fill", getComputedStyle(body).backgroundColor);
    svg.appendChild(paper);
    made.forEach(function (one) { svg.appendChild(one); });
    return svg;
  }
  // The lines of a text as the page breaks them.
  function lines(one) {
    var range = document.createRange(), found = [], last = null, apart = false, node;
    var walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
    while ((node = walker.nextNode())) {
      node.textContent.split(/(\s+)/).reduce(function (at, word) {
        if (word.trim()) {
          range.setStart(node, at); range.setEnd(node, at + word.length);
          var top = range.getBoundingClientRect().top;
          if (last === null || top - last > 4) { found.push(word); last = top; }
          else { found[found.length - 1] += (apart ? " " : "") + word; }
          apart = false;
        } else if (word) { apart = true; }
        return at + word.length;
      }, 0);
    }
    return found;
  }
  // The same where the page does not show it, at a width.
  function wrapped(words, width, size) {
    var measure = document.createElement("canvas").getContext("2d"), found = [];
    measure.font = size + "px " + getComputedStyle(body).fontFamily;
    words.trim().split(/\s+/).forEach(function (word) {
      var longer = (found.length ? found[found.length - 1] + " " : "") + word;
      if (found.length && measure.measureText(longer).width <= width) { found[found.length - 1] = longer; }
      else { found.push(word); }
    });
    return found;
  }
  // Colours and sizes are the page's: a picture of its own has to carry them.
  function inline(from, to) {
    var there = all(from, "*"), copies = all(to, "*");
    there.forEach(function (one, n) {
      // What is used elsewhere looks as it does there.
      if (one.closest("defs") && !one.closest("pattern")) { return; }
      var style = getComputedStyle(one), copy = copies[n];
      if (style.display === "none") { copy.setAttribute("display", "none"); return; }
      ["fill", "stroke", "stroke-width", "font-size", "font-weight", "transform", "opacity", "paint-order"].forEach(function (name) {
        var value = style.getPropertyValue(name);
        if (value && value !== "none" || name === "fill") { copy.style.setProperty(name, value); }
      });
      copy.removeAttribute("tabindex");
    });
  }
  window.kgstatsPicture = function (figure) {
    var svg = standalone(figure), scale = 3;
    if (!svg) { return Promise.reject(new Error("no drawing")); }
    var source = new XMLSerializer().serializeToString(svg);
    return new Promise(function (done, failed) {
      var image = new Image();
      image.onload = function () {
        var canvas = document.createElement("canvas");
        canvas.width = svg.getAttribute("width") * scale;
        canvas.height = svg.getAttribute("height") * scale;
        canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
        done(canvas);
      };
      image.onerror = failed;
      image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(source);
    });
  };
})();
