// Marking by keyboard: a digit goes to the points, Ctrl+Enter saves. j and k are links, see keys.js.
const form = document.querySelector("[data-marking]");
const points = form?.querySelector("[data-points]");
const typing = (target) => target.closest("input, textarea, select");

if (form) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (document.body.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!/^[0-9]$/.test(event.key) || typing(event.target)) return;
    points.focus(); // the digit itself is then typed there
    points.select();
  });
}
