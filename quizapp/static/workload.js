// The slider says its number while it moves, and the page is worked out anew when it stops.
const form = document.querySelector("[data-workload]");
if (form) {
  const slider = form.querySelector("input[type=range]");
  const said = form.querySelector("output");
  slider.addEventListener("input", () => {
    said.textContent = `${slider.value}%`;
  });
  let waiting;
  slider.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => form.requestSubmit(), 600); // the arrow keys move it step by step
  });
}
