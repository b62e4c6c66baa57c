// The keyboard: single keys and pairs such as "g r", as mail programs have them.

import {button, fill, h} from "./dom.js";

const common = [
  ["g i", "Inbox"], ["g r", "Requests"], ["g c", "Contacts"], ["g e", "Events"], ["g a", "Automations"],
  ["g p", "Campaigns"], ["g t", "Time"], ["g f", "Faults"], ["g s", "Start"],
  ["/", "Search"], ["Esc", "Close, or leave the search"], ["?", "Show these keys"],
];

// listen gives keys to handle(name) → whether it did something. Fields keep theirs.
export function listen(handle) {
  let first = ""; // of a pair
  let timer;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "Escape") {
      if (document.querySelector("dialog[open]")) return; // it closes by itself
      if (typing) typing.blur();
      else if (!event.defaultPrevented && handle("Esc")) event.preventDefault();
      return;
    }
    if (typing || document.querySelector("dialog[open]")) return;
    const pair = first ? `${first} ${event.key}` : event.key;
    clearTimeout(timer);
    first = "";
    if (pair === "g") {
      first = "g";
      timer = setTimeout(() => { first = ""; }, 1200);
    } else if (handle(pair)) event.preventDefault();
  });
}

// showKeys shows what the keys do, those of the view first.
export function showKeys(ofView = []) {
  const rows = [...ofView, ...common].map(([keys, does]) => [
    h("dt", {}, keys.split(" ").map((key) => h("kbd", {}, key))), h("dd", {}, does),
  ]);
  dialog("Keys", h("dl", {class: "keys"}, rows));
}

// dialog shows content above everything else, until it is closed.
export function dialog(title, ...content) {
  const box = h("dialog", {class: "dialog", "aria-labelledby": "dialog-title", onclose: () => box.remove()});
  fill(box,
    h("header", {role: "none"}, h("h2", {id: "dialog-title"}, title), button("Close", {icon: "close", quiet: true, onclick: () => box.close()})),
    content);
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  document.body.append(box);
  box.showModal();
  return box;
}
