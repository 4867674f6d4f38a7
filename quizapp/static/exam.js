// An open exam: autosave, the clock, and leaving no answer behind. Without this script the form's own buttons save.
import { readForm } from "./answer.js";
import { timer } from "./timer.js";
import { wire } from "./widgets.js";

const SETTLE_MS = 400; // after a change, before it is saved
const WAITS_S = [1, 2, 4, 8];
const exam = document.querySelector("[data-exam]");
const form = exam.matches("form") ? exam : null;
const csrf = () => document.querySelector("meta[name=csrf-token]").content;
const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

let over = false;

// What is on the server, and what is not yet.
let touched = false; // an ordering stands in some order from the start: that is no answer
let seq = 0;
let saved = "";
let sending = null; // the promise of the save under way: one at a time, so that each knows its base
let settling = 0;
let stopped = false; // an open question (two answers), or a refusal: nothing is sent until it is answered

function begin() {
  seq = Number(form.elements.base_seq.value);
  touched = "touched" in form.dataset;
  wire(form.querySelector("[data-ask]"));
  saved = snapshot();
  if ("pending" in form.dataset) saved = ""; // the page came back with an answer that is not saved
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", submitted);
  document.addEventListener("click", followed);
  addEventListener("beforeunload", (event) => {
    if (dirty() && !over) event.preventDefault();
  });
  addEventListener("online", () => dirty() && flush());
  for (const button of form.querySelectorAll("[data-keep]")) {
    button.addEventListener("click", () => keep(button.dataset.keep));
  }
}

function current() {
  const given = touched ? readForm(new FormData(form)) : {};
  return { response: Object.keys(given).length ? given : null, flagged: form.elements.flagged.value === "1" };
}

const snapshot = () => JSON.stringify(current());
const dirty = () => snapshot() !== saved;

function changed() {
  touched = true;
  clearTimeout(settling);
  if (!dirty()) return;
  settling = setTimeout(flush, SETTLE_MS);
}

// Save what the page holds; resolves to true when the server has it.
async function flush() {
  clearTimeout(settling);
  while (sending) await sending;
  if (!dirty()) return true;
  if (stopped) return false;
  sending = send().finally(() => (sending = null));
  await sending;
  return stopped ? false : flush();
}

// The same id and the same body until there is an answer: what arrived but was not confirmed is not stored twice.
async function send() {
  const what = snapshot();
  const body = JSON.stringify({ client_id: uuid(), base_seq: seq, ...JSON.parse(what) });
  say(form.dataset.saving);
  for (let tried = 0; ; tried++) {
    const reply = await request(form.dataset.save, "PUT", body);
    if (reply?.ok) return stored(await reply.json(), what);
    if (reply && reply.status < 500 && reply.status !== 429) return refused(await reply.json().catch(() => ({})));
    say(form.dataset.unsaved, true);
    await pause(WAITS_S[Math.min(tried, WAITS_S.length - 1)]);
  }
}

function request(url, method, body) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf() };
  return fetch(url, { method, headers, body, signal: AbortSignal.timeout(10000) }).catch(() => null);
}

// crypto.randomUUID is missing where the page came over plain http.
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function stored(reply, what) {
  seq = reply.seq;
  saved = what;
  form.elements.base_seq.value = seq;
  clock?.correct(reply.saved_at);
  const at = new Date(reply.saved_at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  say(form.dataset.saved.replace("{time}", at));
  form.querySelector(".status[role=alert]:not([data-conflict])")?.remove();
  mark(JSON.parse(what));
}

function refused(problem) {
  stopped = true;
  if (problem.code === "closed") return leave(form.dataset.done);
  if (problem.code === "save-conflict") return ask(problem.current);
  say(problem.detail ?? form.dataset.refused, true);
  form.addEventListener("input", () => (stopped = false), { once: true });
  form.addEventListener("change", () => (stopped = false), { once: true });
}

// Two tabs, two answers: show both, and let the learner say which one counts.
let there = null;
function ask(other) {
  there = other;
  const box = form.querySelector("[data-conflict]");
  const words = (response) => said(response) || box.querySelector("[data-there]").dataset.none;
  box.querySelector("[data-there]").textContent = words(other.response);
  box.querySelector("[data-here]").textContent = words(current().response);
  box.hidden = false;
  say(form.dataset.unsaved.split(".")[0] + ".", true);
  box.querySelector("button").focus();
}

function keep(which) {
  form.querySelector("[data-conflict]").hidden = true;
  if (which === "there") return leave(location.href);
  seq = there.seq;
  saved = "";
  stopped = false;
  flush();
}

// An answer in words: the labels of what was chosen, the texts that were typed.
function said(response) {
  const found = [];
  const walk = (value) => {
    if (value && typeof value === "object") return Object.values(value).forEach(walk);
    const input = [...form.querySelectorAll("[data-ask] input, [data-ask] option")].find((each) => each.value === String(value));
    const text = input?.closest(".option")?.querySelector("span")?.textContent ?? (input?.matches("option") ? input.textContent : null);
    const place = form.querySelector(`[data-ask] select[name$=".${CSS.escape(String(value))}"]`);
    const item = place?.closest("[data-item]")?.querySelector("span")?.textContent;
    const shown = item ?? text ?? String(value ?? "");
    if (shown.trim()) found.push(shown.trim());
  };
  walk(inOrder(response));
  return found.join(", ");
}

// A form names the place of each item; the server keeps the items in order.
function inOrder(response) {
  const order = response?.order;
  if (!order || Array.isArray(order)) return response;
  return { order: Object.keys(order).sort((one, other) => order[one] - order[other]) };
}

function say(words, failing = false) {
  const state = form.querySelector("[data-state]");
  if (state.textContent.trim() === words) return;
  state.textContent = words;
  state.classList.toggle("error", failing);
}

// The map says what is answered and flagged.
function mark({ response, flagged }) {
  const here = document.querySelector(".qmap [aria-current]");
  const answered = Boolean(response) && hasValue(response);
  here.classList.toggle("is-done", answered);
  here.classList.toggle("is-flag", flagged);
  const { answered: yes, open, marked, count } = form.dataset;
  here.querySelector(".vh").textContent = ` ${answered ? yes : open}${flagged ? `, ${marked}` : ""}`;
  const all = document.querySelectorAll(".qmap a");
  const done = document.querySelectorAll(".qmap .is-done").length;
  document.querySelector("[data-answered-count]").textContent = count.replace("{n}", done).replace("{all}", all.length);
}

const hasValue = (value) => (value && typeof value === "object" ? Object.values(value).some(hasValue) : Boolean(String(value ?? "").trim()));

async function submitted(event) {
  event.preventDefault();
  const button = event.submitter;
  const go = button?.value;
  if (go === "flag") return flag(button);
  if (go === "clear") clear();
  if (go === "save") {
    touched = true; // said so: also an order left as it was is an answer
    saved = "";
  }
  if ((await flush()) && button?.dataset.href) leave(button.dataset.href);
}

function flag(button) {
  const on = form.elements.flagged.value !== "1";
  form.elements.flagged.value = on ? "1" : "";
  button.setAttribute("aria-pressed", String(on));
  button.querySelector("span").textContent = on ? form.dataset.flagged : form.dataset.flag;
  flush();
}

function clear() {
  for (const input of form.querySelectorAll("[data-ask] [name^='r.']")) {
    if (input.matches("[type=radio], [type=checkbox]")) input.checked = false;
    else if (!input.matches("select") || input.querySelector("option[value='']")) input.value = "";
  }
  touched = false;
}

// Links of this page wait until the answer is saved.
async function followed(event) {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (link.hash && link.pathname === location.pathname) return;
  if (!dirty() && !sending) return;
  event.preventDefault();
  if (await flush()) leave(link.href);
}

function leave(url) {
  over = true; // nothing is lost by leaving now
  location.assign(url);
}

// The time is up: what is here is saved within the seconds of grace, then the exam is handed in.
async function timeIsUp() {
  if (form) await Promise.race([flush(), pause(3)]);
  for (let tried = 0; ; tried++) {
    const reply = await request(exam.dataset.handIn, "POST");
    if (reply && reply.status < 500) break;
    await pause(WAITS_S[Math.min(tried, WAITS_S.length - 1)]);
  }
  leave(exam.dataset.done);
}

if (form) begin();
const clock = timer(timeIsUp);
