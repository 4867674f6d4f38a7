// Weighing drafts without page loads: the same forms, sent behind the page. keys.js presses what carries data-key.
const review = document.querySelector("[data-review]");
const column = review.querySelector("[data-text]");
const said = review.querySelector("[data-said]");
const isWide = matchMedia("(min-width: 60rem)");
const PARTS = ["how", "publish", "coverage", "parts", "text"]; // what each decision may change, by id
let sending = Promise.resolve(); // decisions reach the server one after another

const drafts = () => [...review.querySelectorAll("[data-draft]")];
const current = () => review.querySelector("[data-draft][aria-current]");
const isOpen = (draft) => !draft.dataset.decision && !draft.dataset.sent;

// The current draft: its buttons have the keys, its evidence is lit.
function choose(draft, takeFocus = true) {
  for (const each of drafts()) each.removeAttribute("aria-current");
  for (const each of review.querySelectorAll("[data-act]")) delete each.dataset.key;
  review.querySelector(".draft .btn.primary")?.classList.remove("primary");
  draft.setAttribute("aria-current", "true");
  draft.querySelector("[name=decision]")?.classList.add("primary");
  const reasons = draft.querySelector(".why-not");
  for (const each of draft.querySelectorAll("[data-act]")) {
    if (!/\d/.test(each.dataset.act) || reasons.open) each.dataset.key = each.dataset.act;
  }
  light(draft);
  if (!takeFocus) return;
  draft.focus({ preventScroll: true });
  draft.scrollIntoView({ block: "nearest" });
}

function light(draft) {
  const words = [...review.querySelectorAll("#text [data-for]")];
  for (const each of words) each.classList.toggle("is-now", each.dataset.for.split(" ").includes(draft.dataset.draft));
  const first = words.find((each) => each.classList.contains("is-now"));
  if (!first || !isWide.matches) return;
  const above = first.getBoundingClientRect().top - column.getBoundingClientRect().top;
  if (above < 0 || above > column.clientHeight * 0.8) column.scrollTop += above - column.clientHeight / 3;
}

function step(by) {
  const all = drafts();
  const next = all[all.indexOf(current()) + by];
  if (next) choose(next);
}

// The next one to decide, from this one on and round; where all are decided, this one.
function goOn(draft) {
  const all = drafts();
  const at = all.indexOf(draft) + 1;
  choose([...all.slice(at), ...all.slice(0, at)].find(isOpen) ?? draft);
}

async function send(form, body, draft) {
  const reply = await fetch(form.action, { method: "POST", body }).catch(() => null);
  const html = reply?.ok ? await reply.text().catch(() => null) : null;
  if (draft) delete draft.dataset.sent;
  if (html === null) {
    said.textContent = review.dataset.failed;
    if (draft) choose(draft);
    return;
  }
  const page = new DOMParser().parseFromString(html, "text/html");
  draw(page);
  said.textContent = `${page.querySelector(".flashes")?.textContent.trim() ?? ""} ${review.querySelector("#how p").textContent}`.trim();
  const back = document.getElementById(`d-${new URL(reply.url).searchParams.get("at")}`);
  if (back) choose(back);
  else if (!draft && !form.matches("[data-stay]")) goOn(current());
}

function draw(page) {
  for (const id of PARTS) document.getElementById(id).replaceWith(page.getElementById(id));
  const now = current().dataset.draft;
  const hadFocus = current().contains(document.activeElement);
  for (const fresh of page.querySelectorAll("[data-draft]")) {
    const old = document.getElementById(fresh.id);
    const isSame = ["decision", "score"].every((name) => old?.dataset[name] === fresh.dataset[name]);
    if (!old || isSame) continue;
    fresh.removeAttribute("aria-current");
    fresh.querySelector(".primary")?.classList.remove("primary");
    old.replaceWith(fresh);
  }
  choose(document.getElementById(`d-${now}`), hadFocus);
  tell();
}

// On a phone the article is folded up above the drafts.
function fold() {
  column.querySelector("details").open = isWide.matches;
}

// How many drafts the score in the field would accept.
function tell() {
  const least = review.querySelector("#least");
  const many = drafts().filter((draft) => isOpen(draft) && Number(draft.dataset.score) >= least.valueAsNumber);
  review.querySelector("#above output").textContent = many.length;
}

function submit(event) {
  if (event.target.matches("#publish, [data-whole]")) return; // these lead to another page
  event.preventDefault();
  const draft = event.target.closest("[data-draft]");
  const body = new URLSearchParams([...new FormData(event.target, event.submitter)]);
  if (draft) {
    draft.dataset.sent = "yes";
    goOn(draft);
  }
  sending = sending.then(() => send(event.target, body, draft));
}

// Reasons have their digits while they are shown, from this moment on: somebody may type "r3".
function ask(reasons, open) {
  reasons.open = open;
  choose(reasons.closest("[data-draft]"), !open);
  if (open) reasons.querySelector("button").focus();
}

function start() {
  review.addEventListener("submit", submit);
  review.addEventListener("input", tell);
  review.addEventListener("focusin", (event) => {
    const draft = event.target.closest("[data-draft]");
    if (draft && draft !== current()) choose(draft, false);
  });
  review.addEventListener("click", (event) => {
    const go = event.target.closest("[data-go]");
    if (go) return step(Number(go.dataset.go));
    const reject = event.target.closest(".why-not > summary");
    if (reject) {
      event.preventDefault();
      return ask(reject.parentElement, !reject.parentElement.open);
    }
    const words = event.target.closest("[data-for]");
    if (words) choose(document.getElementById(`d-${words.dataset.for.split(" ")[0]}`));
  });
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && review.querySelector(".why-not[open]");
    if (open) ask(open, false);
  });
  for (const each of review.querySelectorAll("[data-go]")) each.hidden = false;
  fold();
  isWide.addEventListener("change", fold);
  choose(current(), location.hash === "#now");
  tell();
  review.dataset.ready = "";
}
if (current()) start();
