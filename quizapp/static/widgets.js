// What a script adds to the widgets: moving items up and down, words that fill gaps, a card's focus.
export function wire(root) {
  for (const list of root.querySelectorAll("[data-widget=order] ol")) order(list);
  for (const words of root.querySelectorAll("[data-words]")) pool(words, root);
  for (const card of root.querySelectorAll("details.reveal")) {
    card.addEventListener("toggle", () => card.open && card.querySelector(".back")?.focus());
  }
}

function order(list) {
  for (const item of list.children) {
    item.querySelector("select").hidden = true;
    for (const button of item.querySelectorAll("[data-move]")) {
      button.hidden = false;
      button.addEventListener("click", () => move(list, item, Number(button.dataset.move), button));
    }
  }
  settle(list);
}

function move(list, item, by, button) {
  const other = by < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  if (by < 0) list.insertBefore(item, other);
  else list.insertBefore(other, item);
  settle(list);
  (button.disabled ? item.querySelector("[data-move]:not([disabled])") : button)?.focus();
  list.dispatchEvent(new Event("change", { bubbles: true }));
}

function settle(list) {
  [...list.children].forEach((item, place) => {
    item.querySelector("select").value = String(place + 1);
    item.querySelector("[data-move='-1']").disabled = place === 0;
    item.querySelector("[data-move='1']").disabled = place === list.children.length - 1;
  });
}

// A word can be dragged onto a gap or, pressed, goes into the first empty one; the select boxes do the same.
function pool(words, root) {
  const first = words.querySelector("[data-word]").dataset.word;
  const gaps = [...root.querySelectorAll("select.gap-input")].filter((gap) => gap.querySelector(`option[value="${CSS.escape(first)}"]`));
  const put = (gap, word) => {
    gap.value = word;
    gap.dispatchEvent(new Event("change", { bubbles: true }));
    gap.focus();
  };
  for (const chip of words.querySelectorAll("[data-word]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn word";
    button.draggable = true;
    button.textContent = chip.textContent;
    button.addEventListener("click", () => {
      const empty = gaps.find((gap) => !gap.value);
      if (empty) put(empty, chip.dataset.word);
    });
    button.addEventListener("dragstart", (event) => event.dataTransfer.setData("text/plain", chip.dataset.word));
    chip.replaceWith(button);
  }
  for (const gap of gaps) {
    gap.addEventListener("dragover", (event) => event.preventDefault());
    gap.addEventListener("drop", (event) => {
      event.preventDefault();
      put(gap, event.dataTransfer.getData("text/plain"));
    });
  }
}
