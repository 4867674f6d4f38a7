// A practice question page by page: what the widgets gain from a script, and where the focus goes.
import { wire } from "./widgets.js";

const ask = document.querySelector("[data-ask]");
if (ask) wire(ask);
document.querySelector("[data-graded] [tabindex='-1']")?.focus();

// A hint that was opened goes with the answer: it then says less of the memory.
const hinted = document.querySelector("[data-hinted]");
if (hinted) {
  document.querySelectorAll("details.hint").forEach((hint) => {
    hint.addEventListener("toggle", () => {
      if (hint.open) hinted.value = "1";
    });
  });
}
