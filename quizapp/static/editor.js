// The question form with a script: the learner's view follows the typing, rows come without a page load.
// Everything posts the same forms as without one.
const PAUSE_MS = 400;
let timer, running, lastArea;

const form = () => document.querySelector("[data-editor]");
const look = document.querySelector("[data-shown]");

function fields(button) {
  const data = new FormData(form(), button);
  data.delete("upload.file");
  data.delete("upload.alt");
  return data;
}

// What a plain form sends: its fields, encoded as a page's.
const plain = (data) => new URLSearchParams([...data].filter(([, value]) => typeof value === "string"));

function later() {
  clearTimeout(timer);
  timer = setTimeout(show, PAUSE_MS);
}

async function show() {
  running?.abort();
  running = new AbortController();
  const reply = await fetch(form().dataset.look, { method: "POST", body: plain(fields()), signal: running.signal }).catch(() => null);
  if (!reply?.ok) return;
  const html = await reply.text().catch(() => null); // a newer look has begun meanwhile
  if (html === null) return;
  look.innerHTML = html;
  tell();
}

// What is wrong stands beside its field. What is only missing yet is said in the list alone.
function tell() {
  const said = new Map();
  for (const each of look.querySelectorAll("[data-about]")) {
    const about = each.dataset.about;
    if (about && each.dataset.code !== "missing") said.set(about, `${said.get(about) ?? ""} ${each.dataset.words}`.trim());
  }
  for (const error of form().querySelectorAll(".error[id^='f-']")) {
    if (error.id === "f-picture-error") continue;
    const id = error.id.replace(/-error$/, "");
    const words = said.get(id) ?? "";
    error.textContent = words;
    error.hidden = !words;
    const field = document.getElementById(id);
    if (words) field?.setAttribute("aria-invalid", "true");
    else field?.removeAttribute("aria-invalid");
  }
}

function depend() {
  for (const part of form().querySelectorAll("[data-when]")) {
    const on = document.getElementById(part.dataset.when);
    part.hidden = !part.dataset.values.split(" ").includes(on?.value);
  }
}

// Add, remove and move: the server draws the form anew, the page keeps its place.
async function redraw(button) {
  const reply = await fetch(form().action, { method: "POST", body: plain(fields(button)) }).catch(() => null);
  if (!reply?.ok) return void alert(form().dataset.failed);
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const drawn = page.querySelector("[data-editor]");
  const file = form().querySelector("#f-picture");
  form().replaceWith(drawn);
  if (file?.value) drawn.querySelector("#f-picture").replaceWith(file);
  const at = document.getElementById(drawn.dataset.focus);
  (at?.querySelector("textarea, input:not([type=hidden]), select") ?? at)?.focus();
  show();
}

async function store() {
  const sent = new FormData();
  for (const name of ["csrf_token", "upload.file", "upload.alt"]) sent.append(name, form().elements[name].files?.[0] ?? form().elements[name].value);
  const error = document.getElementById("f-picture-error");
  const reply = await fetch(form().dataset.pictures, { method: "POST", body: sent, headers: { Accept: "application/json" } }).catch(() => null);
  const answer = await reply?.json().catch(() => null);
  error.textContent = answer?.markdown ? "" : (answer?.detail ?? form().dataset.failed);
  error.hidden = Boolean(answer?.markdown);
  const snippet = form().querySelector("[data-snippet]");
  snippet.hidden = !answer?.markdown;
  if (!answer?.markdown) return;
  snippet.querySelector("code").textContent = answer.markdown;
  form().elements["upload.file"].value = form().elements["upload.alt"].value = "";
  const area = lastArea?.isConnected ? lastArea : document.getElementById("f-stem");
  area.setRangeText(answer.markdown, area.selectionStart, area.selectionEnd, "end");
  area.focus();
  later();
}

document.addEventListener("input", (event) => {
  if (!event.target.closest("[data-editor]") || event.target.name?.startsWith("upload.")) return;
  depend();
  later();
});
document.addEventListener("focusin", (event) => {
  if (event.target.matches("textarea[data-markdown]")) lastArea = event.target;
});
document.addEventListener("submit", (event) => {
  const act = event.submitter?.name === "act" ? event.submitter.value : "";
  if (!event.target.matches("[data-editor]") || act === "save") return;
  event.preventDefault();
  if (act === "upload") store();
  else if (act === "preview") show().then(() => look.focus());
  else redraw(event.submitter);
});
document.getElementById(form()?.dataset.focus)?.focus();
document.getElementById("refused")?.focus();
