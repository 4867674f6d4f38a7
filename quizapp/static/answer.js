// Answers without a page load. What the server does without a script stays: the same forms, the same fields.
import { wire } from "./widgets.js";

const WAITS_S = [1, 2, 4, 8];
const csrf = () => document.querySelector("meta[name=csrf-token]").content;
let form, ask, after, said, shownAt;

export function start() {
  form = document.querySelector("[data-answer]");
  ask = form.querySelector("[data-ask]");
  after = document.querySelector("[data-after]");
  said = document.querySelector("#said");
  if (!after) return;
  form.addEventListener("submit", submit);
  began();
  form.dataset.wired = ""; // before this a tap posts the form itself, which does the same
}

function began() {
  shownAt = performance.now();
  wire(ask);
}

// The same names as web/present.py reads: r.text, r.options[], r.gaps.1
export function readForm(data) {
  const response = {};
  for (const [name, value] of data) {
    if (!name.startsWith("r.")) continue;
    const path = name.slice(2);
    const dot = path.indexOf(".");
    if (path.endsWith("[]")) (response[path.slice(0, -2)] ??= []).push(value);
    else if (dot > 0) (response[path.slice(0, dot)] ??= {})[path.slice(dot + 1)] = value;
    else response[path] = path === "rating" ? Number(value) : value;
  }
  return response;
}

async function submit(event) {
  const plain = form.querySelector("input[name=mistakes]");
  if (plain) return; // practice goes page by page
  event.preventDefault();
  if (form.dataset.busy) return;
  const body = {
    client_id: form.dataset.client,
    question: form.dataset.question,
    version: Number(form.dataset.version),
    response: readForm(new FormData(form, event.submitter)),
    took_ms: Math.round(performance.now() - shownAt),
  };
  if (event.submitter?.name === "unknown") body.unknown = true;
  if (ask.querySelector("details.hint[open]")) body.hint = true;
  if (form.dataset.bank) body.bank = form.dataset.bank;
  form.dataset.busy = "1";
  const answered = await send(body);
  delete form.dataset.busy;
  if (answered) show(answered);
}

// An answer that met 503 or a lost connection stays in the form and is sent again under the same id.
async function send(body) {
  for (let tried = 0; ; tried++) {
    const reply = await fetch(new URL("api/v1/answers", base()), {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() },
      body: JSON.stringify(body),
    }).catch(() => null);
    if (reply?.ok) {
      say("");
      return reply.json();
    }
    if (reply && reply.status !== 503) {
      const problem = await reply.json().catch(() => ({}));
      say(problem.detail ?? form.dataset.refused, true);
      return null;
    }
    const wait = WAITS_S[Math.min(tried, WAITS_S.length - 1)];
    say(form.dataset.unsaved.replace("{n}", wait), true);
    await new Promise((done) => setTimeout(done, wait * 1000));
  }
}

const base = () => new URL(form.action.replace(/study$/, ""), location.href);

function say(words, visible = false) {
  said.textContent = words;
  said.className = visible ? "status is-partial" : "vh";
}

function show(answered) {
  count();
  ask.hidden = true;
  after.hidden = false;
  after.className = "stack loose";
  after.innerHTML = answered.feedback.html + (answered.evidence?.html ?? "");
  const row = document.createElement("div");
  row.className = "stack";
  row.innerHTML = '<div class="row actions"></div><p class="muted small"></p>';
  const go = document.createElement("button");
  go.className = "btn primary";
  go.type = "button";
  go.dataset.continue = "";
  go.textContent = form.dataset.go + " ";
  go.insertAdjacentHTML("beforeend", '<kbd aria-hidden="true">Enter</kbd>');
  go.addEventListener("click", () => proceed(answered.next));
  row.firstChild.append(go);
  const why = document.querySelector("[data-why]");
  if (why && answered.card) {
    const link = why.cloneNode();
    link.textContent = why.dataset.why;
    link.href += "#why";
    for (const name of ["key", "ofQuestion", "why"]) delete link.dataset[name];
    row.firstChild.append(link);
  }
  const report = document.querySelector("[data-report]");
  if (report) {
    const link = report.cloneNode(true);
    delete link.dataset.report;
    delete link.dataset.ofQuestion;
    row.firstChild.append(link);
  }
  row.lastChild.textContent = answered.card?.words ?? "";
  after.append(row);
  if (answered.outcome === "self") return proceed(answered.next);
  said.textContent = after.querySelector(".verdict-line")?.textContent.trim() ?? "";
  after.querySelector("[tabindex='-1']")?.focus();
}

// One more of the round is done.
function count() {
  const bar = document.querySelector("[data-progress] progress");
  if (bar) bar.value += 1;
}

function isOver() {
  const bar = document.querySelector("[data-progress] progress");
  return Boolean(bar) && bar.value >= bar.max;
}

function renumber() {
  const bar = document.querySelector("[data-progress] progress");
  const numbers = bar && [bar.value + 1, bar.max];
  const words = document.querySelector("[data-progress-words]");
  if (numbers) words.textContent = words.textContent.replace(/\d+/g, () => numbers.shift() ?? "");
}

function proceed(next) {
  if (!next || isOver()) return void (location.href = document.querySelector(".progress a")?.href ?? base().href);
  if (!document.querySelector("[data-progress]")) {
    // A stranger's first answer has just made a guest: the next page knows them.
    return void (location.href = form.action + (form.dataset.bank ? `?bank=${form.dataset.bank}` : ""));
  }
  Object.assign(form.dataset, { question: next.question, version: next.version, client: next.client_id });
  form.elements.client_id.value = next.client_id;
  form.elements.question.value = next.question;
  form.elements.version.value = next.version;
  const marked = document.querySelector("[data-question-field]");
  if (marked) marked.value = next.question;
  for (const link of document.querySelectorAll("[data-of-question]")) {
    link.href = link.href.replace(/questions\/[^/]+/, `questions/${next.question}`);
  }
  ask.innerHTML = next.html;
  ask.hidden = false;
  after.hidden = true;
  after.replaceChildren();
  renumber();
  said.textContent = "";
  began();
  const first = ask.querySelector("legend, h2, label");
  if (first) {
    first.tabIndex = -1;
    first.focus();
  }
  scrollTo({ top: 0 });
}
