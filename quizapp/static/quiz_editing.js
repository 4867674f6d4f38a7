// What a script adds where quizzes are made: copying the link, ticking a whole page.
const link = document.querySelector("[data-link]");
const copy = document.querySelector("[data-copy]");
if (link) link.addEventListener("focus", () => link.select());
if (link && copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(link.value);
      copy.textContent = copy.dataset.copied;
      document.querySelector("[data-said]").textContent = copy.dataset.copied;
    } catch {
      link.focus();
    }
  });
}

const all = document.querySelector("[data-all]");
if (all) {
  all.hidden = false;
  all.addEventListener("click", () => {
    document.querySelectorAll("[data-picker] input[type=checkbox]:not(:disabled)").forEach((box) => {
      box.checked = true;
    });
  });
}
