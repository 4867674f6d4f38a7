// What a script adds where files are brought in: dropping a file, seeing how far it is.
import "./quiz_editing.js";

const form = document.querySelector("[data-drop]");
if (form) {
  const file = form.querySelector("input[type=file]");
  const said = form.querySelector("[data-drop-said]");
  form.querySelector("[data-drop-hint]").hidden = false;
  const tooLarge = () => file.files.length && file.files[0].size > Number(said.dataset.most);
  file.addEventListener("change", () => {
    said.textContent = tooLarge() ? said.dataset.large : "";
  });
  form.addEventListener("submit", (event) => {
    if (tooLarge()) event.preventDefault();
    said.textContent = tooLarge() ? said.dataset.large : said.dataset.sending;
  });
  addEventListener("pageshow", () => {
    said.textContent = "";
  });

  // A file that misses the form would take the browser away from the page: the whole page takes it.
  const holdsFiles = (event) => event.dataTransfer.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    form.classList.add("is-over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) form.classList.remove("is-over");
  });
  document.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    form.classList.remove("is-over");
    if (event.dataTransfer.files.length > 1) {
      said.textContent = said.dataset.many;
      return;
    }
    file.files = event.dataTransfer.files;
    if (file.files.length) form.requestSubmit();
  });
}

const upload = document.querySelector("[data-upload]");
const working = upload && ["reading", "storing"].includes(upload.dataset.upload);
const WAIT_MS = 500;

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-upload]");
    if (!fresh || fresh.dataset.upload !== upload.dataset.upload) return location.reload();
    const bar = page.querySelector("progress");
    const now = document.querySelector("progress");
    if (bar && bar.hasAttribute("value")) now.value = bar.value;
    document.querySelector(".progress p").textContent = page.querySelector(".progress p").textContent;
  } catch {
    // the connection is away for a moment: look again
  }
  setTimeout(look, WAIT_MS);
}
if (working) setTimeout(look, WAIT_MS);
