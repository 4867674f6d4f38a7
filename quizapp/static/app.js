// Loaded on every page: the time zone for a guest's learner day, keys, and the parts a page asks for.
import { keys } from "./keys.js";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes("tz=")) {
  document.cookie = `tz=${zone}; path=/; max-age=31536000; samesite=lax`;
}
keys();
if (document.querySelector("[data-answer]")) import("./answer.js").then((m) => m.start());
