// Single keys, as Anki's users know them. Off in text fields, and by the setting (WCAG 2.1.4).
const typing = (target) => target.closest("input:not([type=radio],[type=checkbox]), textarea, select");

export function keys() {
  if (document.body.dataset.keys === "off") return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    if (event.key === " " || event.key === "Enter") {
      if (event.target.closest("button, a, summary")) return;
      if (space(event.key)) event.preventDefault();
      return;
    }
    if (event.key === "?") return void (location.href = document.querySelector(".foot a[href$=keyboard]")?.href ?? "");
    if (/^[1-9]$/.test(event.key) && digit(Number(event.key))) return event.preventDefault();
    const named = document.querySelector(`[data-key~="${CSS.escape(event.key)}"]`);
    if (named) {
      event.preventDefault();
      named.click();
    }
  });
}

// Space shows a card, then rates it Good; Enter checks or goes on.
function space(key) {
  const card = document.querySelector("[data-ask]:not([hidden]) details.reveal");
  if (card && key === " ") {
    if (!card.open) card.open = true;
    else card.querySelector(".is-default")?.click();
    return true;
  }
  const next = document.querySelector("[data-continue]");
  if (next) next.click();
  return Boolean(next);
}

function digit(n) {
  const card = document.querySelector("[data-ask]:not([hidden]) details.reveal");
  if (card) {
    const rating = card.open && card.querySelector(`button[name="r.rating"][value="${n}"]`);
    if (rating) rating.click();
    return Boolean(rating);
  }
  const options = document.querySelectorAll("[data-ask]:not([hidden]) .option");
  const option = options[n - 1];
  if (!option) return false;
  const input = option.querySelector("input");
  (input ?? option).click();
  (input ?? option).focus();
  return true;
}
