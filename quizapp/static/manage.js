// The list of a bank's questions: choose all on the page, and say how many are chosen.
const form = document.querySelector("[data-manage]");
if (form) {
  const boxes = [...form.querySelectorAll("input[name=uid]")];
  const every = form.querySelector("[data-every]");
  const all = form.querySelector("[data-all]");
  const told = form.querySelector("[data-chosen]");

  const tell = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    const box = every.querySelector("input");
    box.checked = chosen === boxes.length;
    box.indeterminate = chosen > 0 && chosen < boxes.length;
    told.hidden = !chosen || Boolean(all?.checked);
    told.textContent = chosen === 1 ? told.dataset.one : told.dataset.many.replace("{n}", chosen);
  };

  every.hidden = false;
  every.addEventListener("change", (event) => {
    for (const box of boxes) box.checked = event.target.checked;
    tell();
  });
  form.addEventListener("change", tell);
  window.addEventListener("pageshow", tell); // a browser may bring ticks back
}
