"use strict";
// In JupyterLab: charts, tables and maps answer as on the site, and of prose in two languages the
// one of the notebook's `lang` is shown, in the notebook and in its table of contents.
window.kgstatsOnce = window.kgstatsOnce || function (name, run) {
  window.kgstatsRun = window.kgstatsRun || {};
  if (!window.kgstatsRun[name]) { window.kgstatsRun[name] = true; run(); }
};
window.kgstatsLab = window.kgstatsLab || (function () {
  var OTHER = "kgstats-other-language";
  var waiting = null;

  function items(each) {
    var found = [], one = each.next();
    while (!one.done) { found.push(one.value); one = each.next(); }
    return found;
  }
  function panels() {
    return items(window.jupyterapp.shell.widgets("main")).filter(function (one) {
      return one.content && one.content.model && one.content.widgets;
    });
  }
  function source(cell) { return cell.model.sharedModel.getSource(); }
  function tags(cell) { return cell.model.getMetadata("tags") || []; }
  function spoken(cells) {
    var start = cells.find(function (cell) { return tags(cell).indexOf("parameters") >= 0; });
    var said = start && /^\s*lang\b[^=\n]*=\s*["'](\w+)["']/m.exec(source(start));
    return said ? said[1] : null;
  }
  // The table of contents lists what is shown: its widget is given fewer headings to draw.
  function contents(changed) {
    ["left", "right"].forEach(function (side) {
      items(window.jupyterapp.shell.widgets(side)).forEach(function (panel) {
        if (panel.id !== "table-of-contents") { return; }
        (panel.content ? [panel.content] : []).concat(Array.from(panel.widgets || [])).forEach(function (widget) {
          if (!widget.render || !widget.model || (widget.kgstatsSpeaks && !changed)) { return; }
          if (!widget.kgstatsSpeaks) { widget.kgstatsSpeaks = true; shorten(widget); }
          widget.update();
        });
      });
    });
  }
  function shorten(widget) {
    var whole = widget.render.bind(widget);
    widget.render = function () {
      var drawn = whole();
      if (!drawn || !drawn.props || !drawn.props.headings) { return drawn; }
      var shown = drawn.props.headings.filter(function (one) {
        return !one.cellRef || !one.cellRef.node.classList.contains(OTHER);
      });
      return Object.assign({}, drawn, { props: Object.assign({}, drawn.props, { headings: shown }) });
    };
  }

  // Of cells tagged lang-vi and lang-en one language is shown; a cell without such a tag always is.
  function speak(fallback) {
    var changed = false;
    if (!window.jupyterapp) { return; }
    panels().forEach(function (panel) {
      var cells = panel.content.widgets, lang = spoken(cells) || fallback;
      cells.forEach(function (cell) {
        var own = tags(cell).filter(function (tag) { return /^lang-/.test(tag); });
        var other = own.length > 0 && own.indexOf("lang-" + lang) < 0;
        changed = changed || other !== cell.node.classList.contains(OTHER);
        cell.node.classList.toggle(OTHER, other);
      });
    });
    contents(changed);
  }
  // A link leads to a heading in the language of its own notebook. Where the other notebook speaks
  // the other one, the heading beside it is the same place. JupyterLab scrolls too early: the
  // other language's cells are hidden only after it, and move what it scrolled to.
  function heads(cell, place) {
    return cell.model.type === "markdown" && source(cell).split("\n").some(function (line) {
      return /^#+\s/.test(line) && (!place || line.replace(/^#+\s+/, "").trim().replace(/\s/g, "-") === place);
    });
  }
  function hidden(cell) { return cell.node.classList.contains(OTHER); }
  function follow(link) {
    var to = /([^\/?#]+\.ipynb)[^#]*#(.+)$/.exec(link.href), tries = 0, seen = 0;
    if (!to) { return; }
    var name = decodeURIComponent(to[1]), place = decodeURIComponent(to[2]);
    var look = setInterval(function () {
      var panel = panels().find(function (one) { return one.context.path.split("/").pop() === name; });
      if (panel && panel.isVisible && panel.content.widgets.length) { seen += 1; }
      tries += 1;
      if (seen < 6 && tries < 80) { return; }
      clearInterval(look);
      if (!panel) { return; }
      var cells = panel.content.widgets;
      var at = cells.findIndex(function (cell) { return heads(cell, place); });
      if (at < 0) { return; }
      var shown = [at, at + 1, at - 1].find(function (n) { return cells[n] && heads(cells[n]) && !hidden(cells[n]); });
      if (shown === undefined) { return; }
      panel.content.activeCellIndex = shown;
      panel.content.scrollToItem(shown, "start").then(function () { cells[shown].node.scrollIntoView(); });
    }, 250);
  }
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest(".jp-Notebook a[href]");
    if (link) { follow(link); }
  }, true);
  return function (lang) {
    function again() {
      waiting = null;
      speak(lang);
      if (window.kgstatsEnliven) { window.kgstatsEnliven(); }
      if (window.kgstatsMaps) { window.kgstatsMaps(); }
    }
    again();
    if (window.kgstatsLab.watching) { window.kgstatsLab.watching.disconnect(); }
    window.kgstatsLab.watching = new MutationObserver(function () {
      if (waiting === null) { waiting = setTimeout(again, 150); }
    });
    window.kgstatsLab.watching.observe(document.body, { childList: true, subtree: true });
  };
})();
