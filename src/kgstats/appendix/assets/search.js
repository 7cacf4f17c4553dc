"use strict";
// Search over the whole publication, from a folder: whole words first, words that mean the same,
// one slip of the finger, a concept with a place.
(function () {
  var body = document.body, index = window.kgstatsSearch, shownAtMost = 30;
  if (!index) { return; }

  function plain(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
  }
  // Where the tone stands in a word does not matter: hoà is hòa.
  function accented(word) {
    var tones = "", rest = word.normalize("NFD").replace(/[\u0300\u0301\u0303\u0309\u0323]/g, function (tone) {
      tones += tone;
      return "";
    });
    return rest.normalize("NFC") + tones;
  }
  // Words, and numbers as they are written: 2,69 and 64/117 are one word each.
  function words(text) {
    return text.normalize("NFC").toLowerCase().match(/\d+(?:[.,\/]\d+)*|[\p{L}\p{M}]+/gu) || [];
  }
  function read(text) {
    var exact = words(text);
    return { exact: exact.map(accented), plain: exact.map(plain) };
  }

  // Whether one word becomes the other by one letter more, less, other, or two exchanged.
  function slip(a, b) {
    if (Math.abs(a.length - b.length) > 1) { return false; }
    var i = 0;
    while (i < a.length && a[i] === b[i]) { i += 1; }
    if (a.length > b.length) { return a.slice(i + 1) === b.slice(i); }
    if (a.length < b.length) { return a.slice(i) === b.slice(i + 1); }
    return a.slice(i + 1) === b.slice(i + 1) ||
      (a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2));
  }

  var entries = null, groups = null;
  function prepare() {
    if (entries && index === window.kgstatsSearch) { return; }
    index = window.kgstatsSearch;
    entries = index.entries.map(function (entry) {
      return { entry: entry, text: read(entry[0]), value: read(entry[4] || "") };
    });
    groups = (index.synonyms || []).map(function (group) { return group.map(function (one) { return Object.assign(read(one), { asked: asked(one) }); });
    });
  }

  // Words of a question that say nothing by themselves are left out, unless nothing else was typed;
  // those of several words also without their accents.
  function asked(query) {
    var typed = words(query), kept = [], at = 0, small = index.small || [];
    function isSmall(one) {
      var part = typed.slice(at, at + one.length), folded = part.map(plain).join(" ");
      return part.join(" ") === one.join(" ") ||
        (one.length > 1 && part.join(" ") === folded && folded === one.map(plain).join(" "));
    }
    while (at < typed.length) {
      var left = small.find(isSmall);
      if (!left) { kept.push(typed[at]); }
      at += left ? left.length : 1;
    }
    return read((kept.length ? kept : typed).join(" "));
  }

  // How well a word of the query is met by words of a text; 0 where it is not.
  function met(exact, folded, typedAccents, text, loose) {
    var best = 0, place = -1;
    for (var i = 0; i < text.plain.length; i += 1) {
      var found = 0, word = text.plain[i];
      if (word === folded) { found = text.exact[i] === exact ? 5 : typedAccents ? 2 : 4; }
      else if (folded.length > 2 && !typedAccents && word.indexOf(folded) === 0) { found = 3; }
      else if (folded.length > 3 && text.exact[i].indexOf(exact) === 0) { found = 3; }
      else if (loose && folded.length > 3 && word.length > 3 && slip(folded, word)) { found = 1.5; }
      if (found > best) { best = found; place = i; }
    }
    return { level: best, place: place };
  }

  // The ways to say a query: as typed, and with words that mean the same in place of a part of it.
  // The longest part that is known is replaced, each part by its own group.
  function parts(query) {
    var found = [], at = 0;
    while (at < query.plain.length) {
      var longest = 0, alternatives = [];
      groups.forEach(function (group) {
        group.forEach(function (one) {
          var n = one.asked.plain.length, same = at + n <= query.plain.length;
          for (var i = 0; same && i < n; i += 1) {
            same = one.asked.plain[i] === query.plain[at + i] &&
              (one.asked.exact[i] === query.exact[at + i] || query.exact[at + i] === query.plain[at + i]);
          }
          if (!same || n < longest) { return; }
          if (n > longest) { longest = n; alternatives = []; }
          alternatives = alternatives.concat(group);
        });
      });
      var n = Math.max(longest, 1);
      var typed = { exact: query.exact.slice(at, at + n), plain: query.plain.slice(at, at + n) };
      found.push({ typed: typed, others: alternatives });
      at += n;
    }
    return found;
  }

  function phrase(one, text, loose) {
    var sum = 0, last = -2, close = 0;
    for (var i = 0; i < one.plain.length; i += 1) {
      var typed = one.exact[i] !== one.plain[i];
      var found = met(one.exact[i], one.plain[i], typed, text, loose);
      if (!found.level) { return 0; }
      sum += found.level;
      if (found.place === last + 1) { close += 1; }
      last = found.place;
    }
    var level = sum / one.plain.length;
    // Words that belong together and stand apart say something else.
    return one.plain.length > 1 && close < one.plain.length - 1 ? level * 0.5 : level + (one.plain.length > 1 ? 1 : 0);
  }

  var vietnamese = document.documentElement.lang === "vi";
  function together(pair, text, loose) {
    var places = [0, 1].map(function (n) {
      return met(pair.exact[n], pair.plain[n], pair.exact[n] !== pair.plain[n], text, loose).place;
    });
    return places[0] >= 0 && places[1] >= 0 && Math.abs(places[0] - places[1]) === 1;
  }

  // How well a text meets one part of what was asked, said so or in other words.
  function meets(part, item, loose) {
    var best = Math.max(phrase(part.typed, item.text, loose), phrase(part.typed, item.value, false) * 0.7);
    part.others.forEach(function (one) {
      best = Math.max(best, phrase(one, item.text, false) * 0.85, phrase(one, item.value, false) * 0.6);
    });
    return best;
  }

  var KINDS = { page: 4, term: 3.4, value: 3, heading: 2.2, figure: 1.6, table: 1.2, measure: 1, row: 0.8 };
  function score(item, asked, whole, loose) {
    var sum = 0;
    if (isOneWord(asked, whole)) {
      if (!together(whole, item.text, loose) && !together(whole, item.value, loose)) { return 0; }
    }
    for (var i = 0; i < asked.length; i += 1) {
      var best = meets(asked[i], item, loose);
      if (!best) { return 0; }
      sum += best;
    }
    var level = sum / asked.length, length = item.text.plain.length || 1;
    var said = whole.plain.join(" "), text = item.text.plain.join(" ");
    if (text === said || item.value.plain.join(" ") === said) { level += 3; }
    else if ((" " + text + " ").indexOf(" " + said + " ") >= 0) { level += 1.5 + 1.5 * whole.plain.length / length; }
    return level * 2 + (KINDS[item.entry[1]] || 0) - Math.min(length, 20) * 0.06;
  }

  // Two syllables of Vietnamese are one word: apart they are others.
  function isOneWord(asked, whole) {
    return vietnamese && asked.length === 2 && whole.plain.length === 2 &&
      !asked[0].others.length && !asked[1].others.length;
  }

  // Where few texts say all of it: those that say most, a rare word counting for more than a common
  // one. Parts that are nowhere in the publication do not count.
  function nearly(asked, whole) {
    var sums = entries.map(function () { return 0; }), counts = sums.slice(), total = 0, known = 0;
    if (asked.length < 2 || isOneWord(asked, whole)) { return []; }
    asked.forEach(function (part) {
      var met = [false, true].reduce(function (found, loose) {
        return found.some(Boolean) ? found : entries.map(function (item) { return meets(part, item, loose); });
      }, []);
      var weight = Math.log(1 + entries.length / (1 + met.filter(Boolean).length));
      if (!met.some(Boolean)) { return; }
      total += weight;
      known += 1;
      met.forEach(function (one, n) { if (one) { sums[n] += weight * (1 + one / 20); counts[n] += 1; } });
    });
    return entries.map(function (item, n) {
      return [sums[n] / total * 10 + (KINDS[item.entry[1]] || 0) / 2, n, item.entry, Math.max(sums[n] / total, counts[n] / known)];
    }).filter(function (one) { return one[3] >= 0.5; });
  }

  var FEW = 8;
  function best(found) { return found.sort(function (a, b) { return b[0] - a[0] || a[1] - b[1]; }); }
  function results(query) {
    prepare();
    var whole = asked(query), said = parts(whole), found = [];
    if (!said.length) { return []; }
    [false, true].forEach(function (loose) {
      if (found.length) { return; }
      entries.forEach(function (item, n) {
        var points = score(item, said, whole, loose);
        if (points) { found.push([points, n, item.entry]); }
      });
    });
    if (found.length < FEW) { found = best(found).concat(best(nearly(said, whole))); }
    else { best(found); }
    // A half-typed last word, or a word within one: what any search field finds.
    if (!found.length) {
      var typed = plain(query).replace(/\s+/g, " ").trim();
      entries.forEach(function (item, n) {
        var at = plain(item.entry[0]).indexOf(typed);
        if (typed.length > 2 && at >= 0) { found.push([KINDS[item.entry[1]] || 0, n, item.entry]); }
      });
      best(found);
    }
    var seen = {};
    return found.map(function (one) { return one[2]; }).filter(function (entry) {
      var key = entry[0] + "|" + entry[2] + "|" + (entry[4] || "");
      if (seen[key]) { return false; }
      seen[key] = true;
      return true;
    });
  }

  function element(name, attributes, text) {
    var made = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    if (text !== undefined) { made.textContent = text; }
    return made;
  }
  function makeSearch() {
    var site = document.querySelector("header.site");
    if (!site) { return; }
    var box = element("div", { role: "search", "class": "search" });
    var field = element("input", {
      type: "search", id: "search", autocomplete: "off", "aria-controls": "search-results",
      placeholder: body.dataset.search
    });
    var list = element("ul", { id: "search-results", "aria-label": body.dataset.search });
    var said = element("p", { role: "status", "class": "visually-hidden" });
    list.hidden = true;
    box.appendChild(element("label", { "for": "search", "class": "visually-hidden" }, body.dataset.search));
    [field, list, said].forEach(function (part) { box.appendChild(part); });
    site.insertBefore(box, site.children[1] || null);

    function item(entry) {
      var page = index.pages[entry[2]], made = element("li");
      var link = element("a", { href: page.href + (entry[3] ? "#" + entry[3] : "") });
      link.appendChild(element("span", {}, entry[0]));
      if (entry[4]) { link.appendChild(element("b", {}, entry[4])); }
      if (entry[1] !== "page") { link.appendChild(element("small", {}, page.title)); }
      made.appendChild(link);
      return made;
    }
    function show() {
      var typed = field.value.trim(), found = typed.length > 1 ? results(typed) : [];
      list.textContent = "";
      found.slice(0, shownAtMost).forEach(function (entry) { list.appendChild(item(entry)); });
      var told = typed.length < 2 ? "" : !found.length ? body.dataset.noResults :
        body.dataset.resultsFound.replace("{n}", found.length);
      if (told) { list.insertBefore(element("li", { "class": "told" }, told), list.firstChild); }
      list.hidden = !told;
      list.scrollTop = 0;
      said.textContent = told;
    }
    field.addEventListener("input", show);
    box.addEventListener("keydown", function (event) {
      var links = Array.from(list.querySelectorAll("a")), at = links.indexOf(document.activeElement);
      if (event.key === "Escape") { field.value = ""; show(); field.focus(); event.preventDefault(); }
      else if (event.key === "Enter" && event.target === field && links.length) { list.hidden = true; links[0].click(); }
      else if (event.key === "ArrowDown" && links.length) { links[Math.min(at + 1, links.length - 1)].focus(); event.preventDefault(); }
      else if (event.key === "ArrowUp" && at >= 0) { (at ? links[at - 1] : field).focus(); event.preventDefault(); }
    });
    list.addEventListener("click", function (event) { if (event.target.closest("a")) { list.hidden = true; } });
    // The list never lies over what has the focus.
    box.addEventListener("focusout", function (event) {
      if (!box.contains(event.relatedTarget)) { list.hidden = true; }
    });
    field.addEventListener("focus", function () { list.hidden = !list.firstChild; });
  }
  makeSearch();
})();
