"use strict";
// Maps: a panel that tells about the area pointed at, tapped or focused; arrow keys from area to
// area; a search by name that needs no accents. Without this script the maps are complete.
(function () {
  var SVG = "http://www.w3.org/2000/svg";

  function fold(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d")
      .replace(/Đ/g, "D").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
  }

  function plain(text) {
    return text.normalize("NFC").toLowerCase().replace(/[\s,]+/g, " ").trim();
  }

  function element(name, className, text) {
    var made = document.createElement(name);
    if (className) { made.className = className; }
    if (text !== undefined) { made.textContent = text; }
    return made;
  }

  function Sheet(root) {
    var map = this;
    this.root = root;
    this.svg = root.querySelector(".map-sheet");
    this.panel = root.querySelector(".map-panel");
    this.input = root.querySelector(".map-search input");
    this.list = root.querySelector(".map-search ul");
    this.every = [];
    this.areas = [];
    this.byCode = {};
    this.year = null;
    this.pinned = null;
    this.focused = null;
    this.picked = -1;
    var alternative = this.svg.getAttribute("aria-label");
    this.svg.setAttribute("role", "group");
    this.svg.setAttribute("aria-label", root.getAttribute("data-keys") + " " + alternative);
    Array.prototype.forEach.call(
      this.svg.querySelectorAll("path[data-code], path[data-part]"),
      function (path) { map.take(path); }
    );
    // In the order of the codes: district by district, whichever box an area is drawn in.
    this.every.sort(function (a, b) { return a.code < b.code ? -1 : 1; });
    this.stand();
    root.classList.add("map-live");
    root.querySelector(".map-search").hidden = false;
    this.panel.hidden = false;
    this.clear();
    this.listen();
    if (root.hasAttribute("data-over")) { new Years(this); }
  }

  // The areas that are drawn: of a map over years those of the year's own list.
  Sheet.prototype.stand = function () {
    var map = this;
    this.areas = this.every.filter(function (area) { return !area.path.closest('[display="none"]'); });
    this.byCode = {};
    this.areas.forEach(function (area, index) {
      map.byCode[area.code] = area;
      area.path.setAttribute("tabindex", index === 0 ? "0" : "-1");
    });
  };

  // The words move from the title, which browsers show late and only to a mouse, to the panel.
  Sheet.prototype.take = function (path) {
    var title = path.querySelector("title");
    var lines = title.textContent.split("\n");
    path.removeChild(title);
    var code = path.getAttribute("data-code");
    if (code === null) {
      path.setAttribute("aria-hidden", "true");
      return;
    }
    path.setAttribute("role", "img");
    path.setAttribute("aria-label", lines.join(". "));
    var name = lines[0];
    var area = { code: code, path: path, lines: lines, name: name, plain: plain(name), fold: fold(name) };
    this.every.push(area);
  };

  Sheet.prototype.of = function (target) {
    var path = target.closest ? target.closest("path[data-code], path[data-part]") : null;
    if (!path || !this.svg.contains(path)) { return null; }
    return this.byCode[path.getAttribute("data-code") || path.getAttribute("data-part")] || null;
  };

  Sheet.prototype.clear = function () {
    this.panel.textContent = "";
    this.panel.removeAttribute("data-code");
    var touch = window.matchMedia && window.matchMedia("(hover: none)").matches;
    this.panel.appendChild(element("p", "map-hint", this.root.getAttribute(touch ? "data-tap" : "data-hint")));
    this.cursor(null);
  };

  Sheet.prototype.cursor = function (area, pinned) {
    var box = this.root.closest(".map-over-years") || this.root;
    Array.prototype.forEach.call(box.querySelectorAll(".map-cursor, .map-cursor-under"), function (old) {
      old.parentNode.removeChild(old);
    });
    if (!area) { return; }
    if (pinned) { this.markStills(box, area.code); }
    ["map-cursor-under", "map-cursor" + (pinned ? " map-pinned" : "")].forEach(function (name) {
      var line = document.createElementNS(SVG, "path");
      line.setAttribute("class", name);
      line.setAttribute("d", area.path.getAttribute("d"));
      line.setAttribute("aria-hidden", "true");
      // Within the area's own frame, which a narrow screen moves: over its areas, under its names.
      var frame = area.path.closest(".map-frame");
      frame.insertBefore(line, frame.querySelector(".map-words"));
    });
  };

  // The same area in the small map of every year.
  Sheet.prototype.markStills = function (box, code) {
    Array.prototype.forEach.call(box.querySelectorAll(".map-small-sheet"), function (still) {
      var shape = still.getAttribute("data-shapes") + "-" + code;
      if (!document.getElementById(shape)) { return; }
      ["map-cursor-under", "map-cursor map-pinned"].forEach(function (name) {
        var line = document.createElementNS(SVG, "use");
        line.setAttribute("class", name);
        line.setAttribute("href", "#" + shape);
        still.appendChild(line);
      });
    });
  };

  Sheet.prototype.tell = function (area) {
    if (!area) { this.clear(); return; }
    this.panel.textContent = "";
    this.panel.setAttribute("data-code", area.code);
    area.lines.forEach(function (line, index) {
      var now = this.year && line.indexOf(this.year + ":") === 0;
      this.panel.appendChild(element("p", now ? "map-now" : index ? "" : "map-panel-name", line));
    }, this);
    this.cursor(area, area === this.pinned);
  };

  // An area that is pinned chooses its district in the whole page.
  Sheet.prototype.choice = function (area) {
    if (!area || !window.kgstatsChoose) { return; }
    var parts = area.name.split(", ");
    window.kgstatsChoose(this.pinned ? area.path.getAttribute("data-district") : null, parts[parts.length - 1], true);
  };

  // What is shown when nothing is pointed at.
  Sheet.prototype.rest = function () { this.tell(this.pinned || this.focused); };

  Sheet.prototype.enter = function (area) {
    this.areas.forEach(function (other) { other.path.setAttribute("tabindex", "-1"); });
    area.path.setAttribute("tabindex", "0");
    area.path.focus({ preventScroll: true });
  };

  Sheet.prototype.next = function (area, key) {
    var here = area.path.getBoundingClientRect();
    var x = here.left + here.width / 2, y = here.top + here.height / 2;
    var best = null, least = Infinity;
    this.areas.forEach(function (other) {
      if (other === area) { return; }
      var box = other.path.getBoundingClientRect();
      var dx = box.left + box.width / 2 - x, dy = box.top + box.height / 2 - y;
      var along = { ArrowRight: dx, ArrowLeft: -dx, ArrowDown: dy, ArrowUp: -dy }[key];
      var across = Math.abs(key === "ArrowRight" || key === "ArrowLeft" ? dy : dx);
      if (along <= 0.5 || across > along * 2) { return; }
      var far = along + across * 1.5;
      if (far < least) { least = far; best = other; }
    });
    return best;
  };

  Sheet.prototype.listen = function () {
    var map = this, svg = this.svg;
    svg.addEventListener("pointerover", function (event) {
      var area = map.of(event.target);
      if (area && event.pointerType !== "touch") { map.tell(area); }
    });
    svg.addEventListener("pointerleave", function () { map.rest(); });
    svg.addEventListener("click", function (event) {
      var area = map.of(event.target);
      map.pinned = area && area !== map.pinned ? area : null;
      if (area) { map.enter(area); map.tell(area); } else { map.rest(); }
      map.choice(area);
    });
    // Chromium makes a picture that listens for focus a stop of its own, before its first area.
    svg.setAttribute("tabindex", "-1");
    svg.addEventListener("focusin", function (event) {
      map.focused = map.of(event.target);
      if (map.focused && map.pinned && map.pinned !== map.focused) { map.pinned = null; }
      map.tell(map.focused);
    });
    svg.addEventListener("focusout", function () {
      map.focused = null;
      map.rest();
    });
    svg.addEventListener("keydown", function (event) {
      var area = map.of(event.target), other = null;
      if (!area || event.ctrlKey || event.altKey || event.metaKey) { return; }
      if (/^Arrow/.test(event.key)) {
        other = map.next(area, event.key) || area;
      } else if (event.key === "Home") {
        other = map.areas[0];
      } else if (event.key === "End") {
        other = map.areas[map.areas.length - 1];
      } else if (event.key === "Enter" || event.key === " ") {
        map.pinned = map.pinned === area ? null : area;
        map.tell(area);
        map.choice(area);
        event.preventDefault();
        return;
      } else if (event.key === "Escape") {
        map.pinned = null;
        map.clear();
        return;
      } else {
        return;
      }
      event.preventDefault();
      map.enter(other);
      other.path.scrollIntoView({ block: "nearest", inline: "nearest" });
    });
    this.input.addEventListener("input", function () { map.search(); });
    this.input.addEventListener("keydown", function (event) { map.searchKey(event); });
    this.input.addEventListener("blur", function () {
      // A tap on a result takes the focus first.
      window.setTimeout(function () {
        if (document.activeElement !== map.input) { map.close(); }
      }, 200);
    });
    this.list.addEventListener("pointerdown", function (event) { event.preventDefault(); });
    this.list.addEventListener("click", function (event) {
      var item = event.target.closest("li[data-code]");
      if (item) { map.choose(map.byCode[item.getAttribute("data-code")]); }
    });
  };

  // Exact accents first, then names that begin with what was typed, then words that do.
  Sheet.prototype.found = function (text) {
    var exact = plain(text), loose = fold(text);
    if (!loose) { return []; }
    var hits = [];
    this.areas.forEach(function (area) {
      var bare = area.name.split(",")[0];
      var words = (" " + area.fold).indexOf(" " + loose);
      if (words < 0) { return; }
      var own = (" " + fold(bare)).indexOf(" " + loose) >= 0;
      var accented = (" " + area.plain).indexOf(" " + exact) >= 0;
      var whole = new RegExp("(^| )" + loose + "( |$)").test(fold(bare));
      hits.push({
        area: area,
        rank: (own ? 0 : 4) + (accented ? 0 : 2) + (whole ? 0 : 1)
      });
    });
    hits.sort(function (a, b) {
      return a.rank - b.rank || a.area.name.localeCompare(b.area.name, "vi");
    });
    return hits.slice(0, 12).map(function (hit) { return hit.area; });
  };

  Sheet.prototype.search = function () {
    var map = this, found = this.found(this.input.value);
    this.list.textContent = "";
    this.picked = -1;
    this.input.removeAttribute("aria-activedescendant");
    found.forEach(function (area, index) {
      var item = element("li", "", area.name);
      item.id = map.list.id + "-" + index;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.setAttribute("data-code", area.code);
      map.list.appendChild(item);
    });
    if (!found.length && fold(this.input.value)) {
      var none = element("li", "", this.root.getAttribute("data-none"));
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.setAttribute("aria-selected", "false");
      this.list.appendChild(none);
    }
    var open = this.list.children.length > 0;
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
  };

  Sheet.prototype.close = function () {
    this.list.hidden = true;
    this.picked = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  };

  Sheet.prototype.searchKey = function (event) {
    var items = this.list.querySelectorAll("li[data-code]");
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && items.length) {
      event.preventDefault();
      var step = event.key === "ArrowDown" ? 1 : -1;
      this.picked = (this.picked + step + items.length + (this.picked < 0 && step < 0 ? 1 : 0)) % items.length;
      Array.prototype.forEach.call(items, function (item, index) {
        item.setAttribute("aria-selected", String(index === this.picked));
      }, this);
      this.input.setAttribute("aria-activedescendant", items[this.picked].id);
      items[this.picked].scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && items.length) {
      event.preventDefault();
      var chosen = items[Math.max(0, this.picked)];
      this.choose(this.byCode[chosen.getAttribute("data-code")]);
    }
  };

  Sheet.prototype.choose = function (area) {
    this.close();
    this.input.value = area.name;
    this.enter(area);
    this.pinned = area;
    this.tell(area);
    this.choice(area);
    area.path.scrollIntoView({ block: "nearest", inline: "nearest" });
  };

  // ---------------------------------------------------------------- several years

  // One drawing whose fills, counts and words are those of the year chosen; nothing moves by itself.
  function Years(map) {
    var years = this;
    this.map = map;
    this.box = map.root.closest(".map-over-years");
    this.over = JSON.parse(map.root.getAttribute("data-over"));
    this.fills = JSON.parse(map.root.getAttribute("data-fills"));
    this.all = Object.keys(this.over);
    this.input = this.box.querySelector('input[type="range"]');
    this.button = this.box.querySelector(".map-play");
    this.timer = null;
    this.pinned = null;
    this.box.querySelector(".map-slider").hidden = this.all.length < 2;
    this.button.hidden = !!window.matchMedia && window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.input.addEventListener("input", function () { years.stop(); years.show(+years.input.value); });
    this.button.addEventListener("click", function () { if (years.timer) { years.stop(); } else { years.play(); } });
    this.show(this.all.length - 1);
  }
  Years.prototype.play = function () {
    var years = this;
    if (this.at === this.all.length - 1) { this.show(0); }
    this.button.textContent = this.button.getAttribute("data-pause");
    this.timer = window.setInterval(function () {
      if (years.at < years.all.length - 1) { years.show(years.at + 1); }
      if (years.at === years.all.length - 1) { years.stop(); }
    }, 1600);
  };
  Years.prototype.stop = function () {
    window.clearInterval(this.timer);
    this.timer = null;
    this.button.textContent = this.button.getAttribute("data-play");
  };
  Years.prototype.show = function (at) {
    var map = this.map, year = this.all[at], told = this.over[year], years = this;
    this.at = at;
    map.year = year;
    this.input.value = at;
    this.input.setAttribute("aria-valuetext", year);
    this.box.querySelector(".map-year-now").textContent = year;
    this.box.querySelector(".map-year-says").textContent = told.says;
    Array.prototype.forEach.call(map.svg.querySelectorAll(".map-territory"), function (one) {
      var place = one.getAttribute("data-years").split(" ").indexOf(year);
      if (place < 0) { one.setAttribute("display", "none"); return; }
      one.removeAttribute("display");
      Array.prototype.forEach.call(one.querySelectorAll("path[data-keys]"), function (path) {
        years.fill(path, path.getAttribute("data-keys").split(" ")[place], one.getAttribute("data-slug"));
      });
    });
    Array.prototype.forEach.call(map.root.querySelectorAll(".map-legend li[data-key]"), function (item) {
      item.querySelector(".map-count").textContent = told.counts[item.getAttribute("data-key")];
    });
    this.words(year);
  };
  Years.prototype.fill = function (path, key, slug) {
    var look = this.fills[key], over = path.nextElementSibling;
    path.setAttribute("data-key", key);
    path.setAttribute("fill", look[0]);
    if (over && over.getAttribute("aria-hidden") === "true" && !over.hasAttribute("data-part") && !over.hasAttribute("data-code")) { over.remove(); }
    if (!look[1]) { return; }
    over = document.createElementNS(SVG, "path");
    over.setAttribute("d", path.getAttribute("d"));
    over.setAttribute("fill", "url(#" + slug + "-" + look[1] + ")");
    over.setAttribute("stroke", "none");
    over.setAttribute("pointer-events", "none");
    over.setAttribute("aria-hidden", "true");
    path.parentNode.insertBefore(over, path.nextSibling);
  };
  // Names are said with the year's value first; who is pinned stays so where the list has it.
  Years.prototype.words = function (year) {
    var map = this.map, kept = map.pinned ? map.pinned.code : this.pinned;
    map.stand();
    map.areas.forEach(function (area) {
      var now = area.lines.filter(function (line) { return line.indexOf(year + ":") === 0; });
      var rest = area.lines.slice(1).filter(function (line) { return now.indexOf(line) < 0; });
      area.path.setAttribute("aria-label", [area.name].concat(now, rest).join(". "));
    });
    map.pinned = kept ? map.byCode[kept] || null : null;
    // A list of areas without the one pinned lets it go until it is there again.
    this.pinned = map.pinned ? null : kept;
    map.focused = null;
    map.rest();
  };

  function start() {
    Array.prototype.forEach.call(document.querySelectorAll(".map[data-map]"), function (root) {
      if (!root.classList.contains("map-live")) { new Sheet(root); }
    });
  }
  window.kgstatsMaps = start;
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
