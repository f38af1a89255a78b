// What pages gain with JavaScript; without it everything still works.
"use strict";

// Characters left, as LINE counts them: UTF-16 units, which is what .length gives.
function counter(input) {
  const max = Number(input.dataset.max);
  const note = document.createElement("p");
  note.className = "count";
  const say = () => {
    note.textContent = input.value.length.toLocaleString() + "／" + max.toLocaleString() + "文字";
    note.classList.toggle("over", input.value.length > max);
  };
  input.addEventListener("input", say);
  input.after(note);
  say();
}

function prepare(root) {
  root.querySelectorAll("textarea[data-max]").forEach(counter);
}

document.addEventListener("DOMContentLoaded", () => {
  prepare(document);
  // A form that came back shows its problems first.
  document.getElementById("problems")?.focus();
});
document.addEventListener("click", (event) => {
  // The menu of narrow screens closes when something else is tapped.
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  if (event.target.closest("[data-print]")) window.print();
});
// One box chooses all those of a list.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-all]")) return;
  event.target.closest("form").querySelectorAll('tbody input[type="checkbox"]').forEach((box) => { box.checked = event.target.checked; });
});
// A file that is too large is not sent: all else that was written would be refused with it.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches("input[type=file][data-max-mb]")) return;
  const max = Number(input.dataset.maxMb);
  document.getElementById(input.id + "-large")?.remove();
  if (![...input.files].some((file) => file.size > max * 1024 * 1024)) return;
  input.value = "";
  const note = document.createElement("p");
  note.id = input.id + "-large";
  note.className = "problem";
  note.setAttribute("role", "alert");
  note.textContent = max + "MBより大きいファイルです。小さくしてから、選びなおしてください。";
  input.after(note);
});
// A button that has been pressed is not pressed twice.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  // What is kept of a form while it is written must not come after what was sent of it.
  form.querySelectorAll("[hx-post]").forEach((beside) => htmx.trigger(beside, "htmx:abort"));
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});
// What stands beside a form follows what is written in it. A late answer takes back nothing that was chosen since it
// was asked for, since another is on its way; and who has sent the form asks no more.
const changes = new WeakMap(); // how often something in a form was changed
for (const name of ["input", "change"]) {
  document.addEventListener(name, ({ target: { form } }) => { if (form) changes.set(form, (changes.get(form) ?? 0) + 1); }, true);
}
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target.closest("form");
  event.detail.requestConfig.changes = changes.get(form);
  if (form?.dataset.sent) event.preventDefault();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.requestConfig.changes !== changes.get(event.target.closest("form"))) event.detail.shouldSwap = false;
});
