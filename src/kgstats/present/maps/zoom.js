// A map to zoom into: the wheel at the pointer, dragging, a double click or a key for the whole.
(function (root) {
  Array.prototype.forEach.call(root.querySelectorAll("svg.map-sheet[viewBox]"), function (svg) {
    var whole = svg.getAttribute("viewBox").split(/\s+/).map(Number), view = whole.slice(), held = null;
    function show() { svg.setAttribute("viewBox", view.join(" ")); }
    function within(value, low, high) { return Math.max(low, Math.min(high, value)); }
    function move(x, y) {
      view[0] = within(x, whole[0], whole[0] + whole[2] - view[2]);
      view[1] = within(y, whole[1], whole[1] + whole[3] - view[3]);
      show();
    }
    function zoom(by, across, down) {
      var width = within(view[2] * by, whole[2] / 24, whole[2]), height = width * whole[3] / whole[2];
      var x = view[0] + (view[2] - width) * across, y = view[1] + (view[3] - height) * down;
      view[2] = width; view[3] = height;
      move(x, y);
    }
    svg.addEventListener("wheel", function (event) {
      var box = svg.getBoundingClientRect();
      event.preventDefault();
      zoom(event.deltaY < 0 ? 0.8 : 1.25, (event.clientX - box.left) / box.width,
        (event.clientY - box.top) / box.height);
    }, { passive: false });
    svg.addEventListener("pointerdown", function (event) { held = [event.clientX, event.clientY]; });
    svg.addEventListener("pointermove", function (event) {
      if (!held || !event.buttons) { held = null; return; }
      var scale = view[2] / svg.getBoundingClientRect().width;
      move(view[0] - (event.clientX - held[0]) * scale, view[1] - (event.clientY - held[1]) * scale);
      held = [event.clientX, event.clientY];
    });
    svg.addEventListener("dblclick", function () { view = whole.slice(); show(); });
    svg.addEventListener("keydown", function (event) {
      if (event.key === "+" || event.key === "=") { zoom(0.8, 0.5, 0.5); }
      if (event.key === "-") { zoom(1.25, 0.5, 0.5); }
      if (event.key === "0") { view = whole.slice(); show(); }
    });
  });
})
