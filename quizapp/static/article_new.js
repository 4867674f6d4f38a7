// Bringing an article. A pasted text stays in this tab, so that it is not lost where nothing came of it.
import "./imports.js";

const KEPT = "article";
const text = document.querySelector("#text");
if (text) {
  text.form.addEventListener("submit", () => {
    try {
      sessionStorage.setItem(KEPT, text.value);
    } catch {
      // it is too long for that, or the browser keeps nothing: going back brings it
    }
  });
  if (new URLSearchParams(location.search).has("again")) text.value ||= sessionStorage.getItem(KEPT) ?? "";
}
