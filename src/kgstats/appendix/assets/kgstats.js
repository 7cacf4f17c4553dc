"use strict";
// The other language opens at the same place: the position is given as the n-th heading, since
// anchors are in the page's own language.
document.addEventListener("click", function (event) {
  var link = event.target.closest && event.target.closest("a[data-language-switch]");
  if (!link) { return; }
  var headings = Array.prototype.slice.call(document.querySelectorAll("main h2, main h3"));
  var place = -1;
  headings.forEach(function (heading, index) {
    if (heading.getBoundingClientRect().top < 120) { place = index; }
  });
  if (place >= 0) { link.href = link.href.split("#")[0] + "#place-" + place; }
});
document.addEventListener("DOMContentLoaded", function () {
  var match = /^#place-(\d+)$/.exec(window.location.hash);
  if (!match) { return; }
  var heading = document.querySelectorAll("main h2, main h3")[Number(match[1])];
  if (heading) { heading.scrollIntoView(); }
});
