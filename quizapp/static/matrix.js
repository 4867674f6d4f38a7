// The matrix of a course: one tab stop, arrow keys from cell to cell. Without it the heads lead to the same rows.
const matrix = document.querySelector("[data-matrix]");
const waiting = document.querySelector("[data-waiting]");
const SECONDS = 4;

if (waiting) setTimeout(() => location.reload(), SECONDS * 1000);
if (matrix) start(matrix);

function start(matrix) {
  const rows = [...matrix.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td")]);
  const link = (row, column) => rows[row]?.[column]?.querySelector("a");
  let here = rows.flatMap((row) => row.map((cell) => cell.querySelector("a"))).find(Boolean);
  if (!here) return;
  here.tabIndex = 0;

  const go = (next) => {
    here.tabIndex = -1;
    here = next;
    here.tabIndex = 0;
    here.focus();
  };

  // The next cell that way that can be opened: what was not asked is passed over.
  const find = (row, column, down, right) => {
    let next = null;
    do {
      row += down;
      column += right;
      next = link(row, column);
    } while (!next && rows[row]?.[column]);
    return next;
  };

  const WAYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  matrix.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows.findIndex((cells) => cells.includes(cell));
    const column = rows[row].indexOf(cell);
    const ends = rows[row].map((each) => each.querySelector("a")).filter(Boolean);
    const next = event.key === "Home" ? ends[0] : event.key === "End" ? ends.at(-1) : WAYS[event.key] && find(row, column, ...WAYS[event.key]);
    if (!(event.key in WAYS || event.key === "Home" || event.key === "End")) return;
    event.preventDefault();
    if (next) go(next);
  });
  matrix.addEventListener("focusin", (event) => {
    if (event.target.closest("td") && event.target !== here) go(event.target);
  });
}
