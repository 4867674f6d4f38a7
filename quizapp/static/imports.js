// What a script adds where files are brought in: dropping a file, seeing how far it is.
import "./quiz_editing.js";

const form = document.querySelector("[data-drop]");
if (form) {
  const file = form.querySelector("input[type=file]");
  const said = form.querySelector("[data-drop-said]");
  form.querySelector("[data-drop-hint]").hidden = false;
  const send = () => {
    if (!file.files.length) return;
    said.textContent = said.dataset.sending;
    form.requestSubmit();
  };
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("is-over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("is-over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("is-over");
    if (!event.dataTransfer.files.length) return;
    file.files = event.dataTransfer.files;
    send();
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
