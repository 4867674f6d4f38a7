// A practice question page by page: what the widgets gain from a script, and where the focus goes.
import { wire } from "./widgets.js";

const ask = document.querySelector("[data-ask]");
if (ask) wire(ask);
document.querySelector("[data-graded] [tabindex='-1']")?.focus();
