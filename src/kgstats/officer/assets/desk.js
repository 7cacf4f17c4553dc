// What the page does beyond its forms: files can be dropped, and are not sent where too large.
"use strict";
const form = document.getElementById("drop");
const input = document.getElementById("files");
const status = document.getElementById("status");

function fits() {
  const sum = [...input.files].reduce((bytes, file) => bytes + file.size, 0);
  if (!input.files.length) return form.dataset.none;
  return sum > Number(form.dataset.most) ? form.dataset.tooLarge : "";
}

form.addEventListener("submit", (event) => {
  const problem = fits();
  status.textContent = problem || form.dataset.busy;
  if (problem) event.preventDefault();
});
for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
}
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) form.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("over");
  if (!event.dataTransfer.files.length) return;
  input.files = event.dataTransfer.files;
  form.requestSubmit();
});
document.getElementById("found")?.focus();
