// The clock of an exam: minutes, in the last minute seconds; the server's time, not this machine's.
const ANNOUNCED_MIN = [10, 5, 1];
const HIDDEN = "exam-time-hidden";

// Returns null where there is no time limit, else what corrects the clock by a time of the server.
export function timer(whenOver) {
  const box = document.querySelector("[data-timer]");
  if (!box) return null;
  const deadline = Date.parse(box.dataset.deadline);
  let ahead = Date.parse(box.dataset.now) - Date.now();
  let ended = false;
  const left = () => (deadline - Date.now() - ahead) / 1000;
  let announced = ANNOUNCED_MIN.filter((minutes) => left() <= minutes * 60);
  const tick = () => {
    const seconds = left();
    if (seconds <= 0 && !ended) {
      ended = true;
      whenOver();
    }
    show(box, seconds);
    announced = announce(box, seconds, announced);
    if (!ended) setTimeout(tick, seconds > 61 ? 1000 : 250);
  };
  hideable(box);
  tick();
  return { correct: (serverTime) => (ahead = Date.parse(serverTime) - Date.now()) };
}

function show(box, seconds) {
  const { minutes, seconds: last, over } = box.dataset;
  const words = seconds <= 0 ? over : seconds < 60 ? last.replace("{n}", Math.ceil(seconds)) : minutes.replace("{n}", Math.floor(seconds / 60));
  const shown = box.querySelector("b");
  if (shown.textContent !== words) shown.textContent = words;
  box.querySelector(".muted").hidden = seconds <= 0 || shown.hidden;
  box.classList.toggle("is-late", seconds < 60);
}

// Said once each, not every second.
function announce(box, seconds, announced) {
  const now = ANNOUNCED_MIN.filter((minutes) => seconds <= minutes * 60);
  const fresh = now.filter((minutes) => !announced.includes(minutes)).pop();
  if (fresh) {
    const { warn, warnLast } = box.dataset;
    document.querySelector("[data-announce]").textContent = fresh === 1 ? warnLast : warn.replace("{n}", fresh);
  }
  return now;
}

function hideable(box) {
  const button = box.querySelector("button");
  const [shown, left] = [box.querySelector("b"), box.querySelector(".muted")];
  const set = (hidden) => {
    shown.hidden = left.hidden = hidden;
    button.textContent = hidden ? box.dataset.show : box.dataset.hide;
    sessionStorage.setItem(HIDDEN, hidden ? "1" : "");
  };
  button.hidden = false;
  set(sessionStorage.getItem(HIDDEN) === "1");
  button.addEventListener("click", () => set(!shown.hidden));
}
