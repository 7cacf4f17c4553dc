"use strict";
// What a page gains with a script; without it every page is complete. No network, no library.
(function () {
  var body = document.body;
  var lang = document.documentElement.lang;

  // Accents off, đ to d, small letters: how readers type and how texts are compared.
  function fold(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "")
      .replace(/[đĐ]/g, "d").toLowerCase().replace(/\s+/g, " ").trim();
  }
  function element(name, attributes, text) {
    var made = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    if (text !== undefined) { made.textContent = text; }
    return made;
  }

  // The other language opens at the same place: the n-th heading, since anchors are in words.
  function headings() { return Array.from(document.querySelectorAll("main h2, main h3")); }
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-language-switch]");
    if (!link) { return; }
    var place = -1, near = Infinity;
    headings().forEach(function (heading, index) {
      var top = heading.getBoundingClientRect().top;
      // Just below the edge, where links lead; else the last one above it.
      if (top < 60 && Math.abs(top - 16) < near) { near = Math.abs(top - 16); place = index; }
    });
    link.hash = place >= 0 ? "place-" + place : "";
  });
  var asked = /^#place-(\d+)$/.exec(location.hash);
  if (asked && headings()[Number(asked[1])]) { headings()[Number(asked[1])].scrollIntoView(); }

  // Numbers and dates as the page's language writes them. In a column of numbers the first one
  // counts: a range, a part of a whole, a number with a mark.
  function value(cell) {
    var text = cell.textContent.trim().replace(/\u2212/g, "-");
    var day = /^(?:(\d{1,2})\/)?(\d{1,2})\/(\d{4})$/.exec(text);
    if (day) { return Number(day[3]) * 10000 + Number(day[2]) * 100 + Number(day[1] || 0); }
    if (/^\d{1,2} [A-Z][a-z]+ \d{4}$/.test(text)) { return Date.parse(text); }
    var written = /^[+-]?\d[\d.,]*/.exec(text);
    var counted = cell.classList.contains("n") || cell.closest("table").classList.contains("numbers");
    if (!written || (written[0] !== text && !counted)) { return null; }
    var plain = lang === "vi" ? written[0].replace(/\./g, "").replace(",", ".") : written[0].replace(/,/g, "");
    return isFinite(plain) ? Number(plain) : null;
  }
  // What has no number comes last in either direction.
  function compare(a, b, direction) {
    var x = value(a), y = value(b);
    if (x !== null && y !== null) { return direction * (x - y); }
    if (x !== null) { return -1; }
    if (y !== null) { return 1; }
    var left = a.textContent.trim(), right = b.textContent.trim();
    if (!left || !right) { return left ? -1 : right ? 1 : 0; }
    return direction * left.localeCompare(right, lang);
  }

  function parts(table) {
    // Rows between group rows and totals are sorted among themselves; those keep their place.
    var found = [], last;
    function begin(head, under) {
      last = { head: head, under: under, rows: [], totals: [] };
      found.push(last);
    }
    begin(null, null);
    Array.from(table.tBodies[0].rows).forEach(function (row) {
      if (row.classList.contains("group")) { begin(row, row); }
      else if (row.classList.contains("total")) { last.totals.push(row); }
      else {
        if (last.totals.length) { begin(null, last.under); }
        last.rows.push(row);
      }
    });
    return found;
  }
  function sortBy(table, index, direction) {
    parts(table).forEach(function (part) {
      part.rows.sort(function (a, b) {
        return direction ? compare(a.cells[index], b.cells[index], direction) : a.dataset.place - b.dataset.place;
      });
      [part.head].concat(part.rows, part.totals).forEach(function (row) {
        if (row) { table.tBodies[0].appendChild(row); }
      });
    });
  }
  function makeSortable(table) {
    var width = table.tBodies[0].querySelector("tr:not(.group)");
    if (!width) { return; }
    Array.from(table.tBodies[0].rows).forEach(function (row, place) { row.dataset.place = place; });
    // Place each header cell on the grid, so that spanned headers find their column.
    var taken = [], last = {};
    Array.from(table.tHead.rows).forEach(function (row, r) {
      taken[r] = taken[r] || [];
      var column = 0;
      Array.from(row.cells).forEach(function (cell) {
        while (taken[r][column]) { column += 1; }
        for (var i = 0; i < cell.rowSpan; i += 1) {
          taken[r + i] = taken[r + i] || [];
          for (var j = 0; j < cell.colSpan; j += 1) { taken[r + i][column + j] = true; }
        }
        if (cell.colSpan === 1) { last[column] = cell; }
        column += cell.colSpan;
      });
    });
    // One stop of the Tab key a table: the arrows go on from there.
    var buttons = [];
    table.tHead.addEventListener("keydown", function (event) {
      var at = buttons.indexOf(document.activeElement);
      var to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
      if (at < 0 || !buttons[to]) { return; }
      buttons[at].tabIndex = -1;
      buttons[to].tabIndex = 0;
      buttons[to].focus();
      event.preventDefault();
    });
    Object.keys(last).forEach(function (column) {
      var cell = last[column], label = cell.textContent.trim();
      if (cell.tagName !== "TH" || !label) { return; }
      var button = element("button", { type: "button", "class": "sort", title: body.dataset.sort + ": " + label }, label);
      cell.textContent = "";
      cell.appendChild(button);
      button.tabIndex = buttons.length ? -1 : 0;
      buttons.push(button);
      button.addEventListener("click", function () {
        // Up, down, and back to the order of the publication.
        var next = { ascending: "descending", descending: "" }[cell.getAttribute("aria-sort")];
        if (next === undefined) { next = "ascending"; }
        table.tHead.querySelectorAll("[aria-sort]").forEach(function (other) { other.removeAttribute("aria-sort"); });
        if (next) { cell.setAttribute("aria-sort", next); }
        sortBy(table, Number(column), { ascending: 1, descending: -1 }[next] || 0);
      });
    });
  }
  // Where rows are cards there are no headers to press: the order is chosen from a list.
  function makeOrder(block, table) {
    var buttons = Array.from(table.tHead.querySelectorAll("button.sort"));
    if (buttons.length < 2 || table.tBodies[0].rows.length < 3) { return; }
    var line = element("p", { "class": "filter order" }), id = block.id + "-order";
    var list = element("select", { id: id });
    list.appendChild(element("option", { value: "" }, "–"));
    buttons.forEach(function (button, n) {
      list.appendChild(element("option", { value: n + " 1" }, button.textContent + " ↑"));
      list.appendChild(element("option", { value: n + " -1" }, button.textContent + " ↓"));
    });
    list.addEventListener("change", function () {
      var chosen = list.value.split(" "), now = table.tHead.querySelector("[aria-sort] button.sort");
      // Back to the order of the publication, then as chosen.
      for (var i = 0; i < 2 && now && now.closest("[aria-sort]"); i += 1) { now.click(); }
      for (var j = 0; list.value && j < (chosen[1] === "1" ? 1 : 2); j += 1) { buttons[chosen[0]].click(); }
    });
    line.appendChild(element("label", { "for": id }, body.dataset.sort));
    line.appendChild(list);
    block.insertBefore(line, table);
    function fit() { line.hidden = getComputedStyle(table.tHead).display !== "none"; }
    window.addEventListener("resize", fit);
    document.addEventListener("toggle", fit, true);
    fit();
  }
  function makeFilterable(block, table) {
    var rows = Array.from(table.tBodies[0].rows);
    if (rows.length < 12) { return; }
    var id = block.id + "-filter";
    var line = element("p", { "class": "filter" });
    var field = element("input", { type: "search", id: id, autocomplete: "off" });
    var count = element("span", { role: "status" });
    line.appendChild(element("label", { "for": id }, body.dataset.filter));
    line.appendChild(field);
    line.appendChild(count);
    block.insertBefore(line, block.firstChild);
    field.addEventListener("input", function () {
      var wanted = fold(field.value), shown = 0, open = [];
      parts(table).forEach(function (part) {
        // A group found by its name is shown whole.
        var whole = part.under && fold(part.under.textContent).indexOf(wanted) >= 0;
        part.rows.concat(part.totals).forEach(function (row) {
          row.hidden = wanted !== "" && !whole && fold(row.textContent).indexOf(wanted) < 0;
          if (!row.hidden) { open.push(part.under); shown += 1; }
        });
      });
      Array.from(table.tBodies[0].rows).forEach(function (row) {
        if (row.classList.contains("group")) { row.hidden = open.indexOf(row) < 0; }
      });
      count.textContent = wanted === "" ? "" : shown + " " + body.dataset.rowsShown;
    });
  }
  document.querySelectorAll("main div.table").forEach(function (block) {
    var table = block.querySelector("table");
    if (!table || !table.tHead || !table.tBodies.length) { return; }
    makeSortable(table);
    makeFilterable(block, table);
    if (table.parentNode === block) { makeOrder(block, table); }
  });

  // A picture wider than its frame can be scrolled with the keyboard.
  function frames() {
    document.querySelectorAll(".picture").forEach(function (frame) {
      var caption = frame.parentNode.querySelector("figcaption");
      if (frame.scrollWidth <= frame.clientWidth || !caption) {
        ["tabindex", "role", "aria-labelledby"].forEach(function (name) { frame.removeAttribute(name); });
        return;
      }
      frame.setAttribute("tabindex", "0");
      frame.setAttribute("role", "group");
      frame.setAttribute("aria-labelledby", caption.id);
    });
  }
  frames();
  window.addEventListener("resize", frames);
  // Figures' tables have no size until they are unfolded.
  document.addEventListener("toggle", frames, true);

  // On paper nothing can be unfolded: what is folded is printed with it, but for the menus.
  var folded = [];
  window.addEventListener("beforeprint", function () {
    folded = Array.from(document.querySelectorAll("details.detail:not([open]), details.reading:not([open])"));
    folded.forEach(function (part) { part.open = true; });
  });
  window.addEventListener("afterprint", function () {
    folded.forEach(function (part) { part.open = false; });
  });

  // A link to what is folded unfolds it.
  function unfoldTo(hash) {
    var target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
    if (!target) { return; }
    var shut = false;
    for (var up = target; up; up = up.parentElement) {
      if (up.tagName === "DETAILS" && !up.open) { up.open = shut = true; }
    }
    if (shut) { (target.closest("details.detail") || target).scrollIntoView(); }
  }
  window.addEventListener("hashchange", function () { unfoldTo(location.hash); });
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href^='#']");
    if (link) { unfoldTo(link.hash); }
  });
  unfoldTo(location.hash);

  // Contents: a button on a narrow screen, and the section we are in.
  function makeContents() {
    var nav = document.querySelector("nav.contents");
    if (!nav) { return; }
    var list = nav.querySelector("ul"), label = nav.getAttribute("aria-label");
    var button = element("button", { type: "button", "aria-expanded": "false", "aria-controls": list.id });
    nav.insertBefore(button, list);
    function show(open) { list.hidden = !open; button.setAttribute("aria-expanded", String(open)); }
    var narrow = window.matchMedia("(max-width: 77.99rem)");
    function fit() { nav.classList.toggle("short", narrow.matches); show(!narrow.matches); }
    narrow.addEventListener("change", fit);
    fit();
    button.addEventListener("click", function () { show(list.hidden); });
    list.addEventListener("click", function () { if (narrow.matches) { show(false); } });
    nav.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && narrow.matches) { show(false); button.focus(); }
    });
    var links = Array.from(list.querySelectorAll("a"));
    var places = links.map(function (link) { return document.getElementById(link.hash.slice(1)); });
    function mark() {
      var here = -1, low = window.innerHeight / 3;
      places.forEach(function (place, n) { if (place && place.getBoundingClientRect().top < low) { here = n; } });
      links.forEach(function (link, n) {
        if (n === here) { link.setAttribute("aria-current", "true"); } else { link.removeAttribute("aria-current"); }
      });
      button.textContent = "☰ " + label + (here > 0 ? ": " + links[here].textContent : "");
    }
    var waiting = false;
    window.addEventListener("scroll", function () {
      if (!waiting) { waiting = true; window.requestAnimationFrame(function () { waiting = false; mark(); }); }
    }, { passive: true });
    mark();
  }
  makeContents();

  // A term says what it means beside it: to the pointer, to the keyboard, to the first tap.
  function makeTerms() {
    var terms = Array.from(document.querySelectorAll("main .term[data-means]"));
    if (!terms.length) { return; }
    var tip = body.appendChild(element("div", { "class": "meaning", id: "meaning", role: "tooltip", hidden: "" }));
    var shown = null, leaving = 0;
    function hide() {
      window.clearTimeout(leaving);
      if (shown) { shown.removeAttribute("aria-describedby"); }
      shown = null;
      tip.hidden = true;
    }
    function show(term) {
      hide();
      shown = term;
      tip.textContent = term.dataset.means;
      tip.hidden = false;
      term.setAttribute("aria-describedby", "meaning");
      var box = term.getClientRects()[0], width = document.documentElement.clientWidth;
      tip.style.left = Math.max(8, Math.min(box.left, width - tip.offsetWidth - 8)) + window.scrollX + "px";
      var below = box.bottom + 6, above = box.top - tip.offsetHeight - 6;
      tip.style.top = (below + tip.offsetHeight > window.innerHeight && above > 0 ? above : below) + window.scrollY + "px";
    }
    // It may be pointed at itself, to be read or copied.
    function leave() { window.clearTimeout(leaving); leaving = window.setTimeout(hide, 250); }
    tip.addEventListener("pointerenter", function () { window.clearTimeout(leaving); });
    tip.addEventListener("pointerleave", leave);
    terms.forEach(function (term) {
      // In a page mailed alone a term is no link, and yet to be reached.
      if (!term.href) { term.tabIndex = 0; }
      var touched = false;
      term.addEventListener("pointerdown", function (event) { touched = event.pointerType === "touch" && shown !== term; });
      term.addEventListener("pointerenter", function (event) { if (event.pointerType !== "touch") { show(term); } });
      term.addEventListener("pointerleave", function (event) { if (event.pointerType !== "touch") { leave(); } });
      term.addEventListener("focus", function () { if (shown !== term) { show(term); } });
      term.addEventListener("blur", hide);
      term.addEventListener("click", function (event) {
        if (touched) { event.preventDefault(); show(term); }
        touched = false;
      });
    });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && shown) { hide(); event.stopImmediatePropagation(); }
    }, true);
    document.addEventListener("pointerdown", function (event) {
      if (shown && !event.target.closest(".term, .meaning")) { hide(); }
    });
  }
  makeTerms();

  // Take away: a picture, a table that a spreadsheet or a letter understands, a citation.
  function tell(button, done) {
    var words = button.dataset.words || button.textContent;
    button.dataset.words = words;
    button.textContent = done ? body.dataset.copied : body.dataset.notCopied;
    window.setTimeout(function () { button.textContent = words; }, 2500);
  }
  // Some browsers let a page from a folder copy in the old way only.
  function copyAll(node) {
    var range = document.createRange(), chosen = window.getSelection();
    range.selectNodeContents(node);
    chosen.removeAllRanges();
    chosen.addRange(range);
    var done = false;
    try { done = document.execCommand("copy"); } catch (error) { done = false; }
    chosen.removeAllRanges();
    return done;
  }
  function lines(table) {
    return Array.from(table.rows).filter(function (row) { return !row.hidden; }).map(function (row) {
      return Array.from(row.cells).map(function (cell) { return cell.textContent.trim().replace(/\s+/g, " "); }).join("\t");
    }).join("\n");
  }
  function copyTable(table, button) {
    var copy = table.cloneNode(true);
    copy.querySelectorAll("button").forEach(function (sort) { sort.replaceWith(sort.textContent); });
    copy.querySelectorAll("[hidden]").forEach(function (row) { row.remove(); });
    var name = copy.querySelector("caption");
    var text = (name ? name.textContent.trim() + "\n" : "") + lines(table);
    if (!navigator.clipboard || !window.ClipboardItem) { tell(button, copyAll(table)); return; }
    navigator.clipboard.write([new window.ClipboardItem({
      "text/plain": new Blob([text], { type: "text/plain" }),
      "text/html": new Blob([copy.outerHTML], { type: "text/html" })
    })]).then(function () { tell(button, true); }, function () { tell(button, copyAll(table)); });
  }
  function savePicture(figure, button) {
    window.kgstatsPicture(figure).then(function (canvas) {
      var link = element("a", { href: canvas.toDataURL("image/png"), download: figure.id + ".png" });
      link.click();
    }, function () { tell(button, false); });
  }
  function makeMenu(menu) {
    var block = menu.parentNode, tools = menu.querySelector(".tools");
    var table = block.querySelector("table"), cite = menu.querySelector(".cite span");
    function add(words, action) {
      var button = element("button", { type: "button" }, words);
      button.addEventListener("click", function () { action(button); });
      tools.appendChild(button);
    }
    if (table) { add(body.dataset.copyTable, function (button) { copyTable(table, button); }); }
    // A map has its picture among the files; one over the years is taken as it stands.
    var drawn = block.querySelector(".map-over-years, .picture .chart");
    if (window.kgstatsPicture && block.tagName === "FIGURE" && drawn) {
      add(body.dataset.savePicture, function (button) { savePicture(block, button); });
    }
    add(body.dataset.copyCitation, function (button) {
      var text = cite.textContent;
      if (!navigator.clipboard) { tell(button, copyAll(cite)); return; }
      navigator.clipboard.writeText(text).then(function () { tell(button, true); }, function () { tell(button, copyAll(cite)); });
    });
  }
  // When the scripts that draw are there too.
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("main details.menu").forEach(makeMenu);
  });

  // Other years: shown when their folder really stands beside this one.
  function makeYears() {
    var own = Number(body.dataset.year), site = document.querySelector("header.site");
    // A folder copied alone has no years beside it: there is nothing to ask for.
    var beside = new RegExp("/" + own + "/html/[^/]+/[^/]*$").test(location.pathname);
    if (!own || !site || !body.dataset.years || !beside) { return; }
    var nav = element("nav", { "class": "years", "aria-label": body.dataset.years });
    var list = nav.appendChild(element("ul"));
    list.appendChild(element("li")).appendChild(element("span", { "aria-current": "true" }, String(own)));
    function ask(address, then) {
      var script = element("script", { src: address });
      script.addEventListener("load", then);
      document.head.appendChild(script);
    }
    ask("../../../years.js", function () {
      window.kgstatsPublished.filter(function (year) { return year !== own; }).forEach(function (year) {
        var folder = "../../../" + year + "/html/";
        ask(folder + "assets/years.js", function () {
          var pages = window.kgstatsYears[year][lang];
          if (!pages) { return; }
          var here = location.pathname.split("/").pop();
          var page = pages.indexOf(here) >= 0 ? here : "index.html";
          var item = element("li");
          item.appendChild(element("a", { href: folder + lang + "/" + page }, String(year)));
          list.appendChild(item);
          Array.from(list.children).sort(function (a, b) { return a.textContent - b.textContent; })
            .forEach(function (one) { list.appendChild(one); });
          if (!nav.parentNode) { site.insertBefore(nav, site.querySelector(".languages")); }
        });
      });
    });
  }
  makeYears();

  // The line of pages shows where we are.
  var line = document.querySelector(".pages ul"), here = document.querySelector(".pages [aria-current]");
  if (line && here) { line.scrollLeft = here.offsetLeft - line.offsetLeft - 16; }
})();
