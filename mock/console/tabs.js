// Tabs as the keyboard and screen readers know them: one is in the tab order, the
// arrows go on to the others.

import {fill, h} from "./dom.js";

// tabs shows one of several panels: tabs("Parts", [["html", "HTML", f], …], chosen), where f
// makes the content when it is looked at first.
export function tabs(name, list, chosen, onchange) {
  const panel = h("div", {class: "tab-panel", role: "tabpanel", tabindex: "-1", id: `panel-${list[0][0]}`});
  const made = new Map();
  const buttons = list.map(([id, label]) => h("button", {
    type: "button", role: "tab", id: `tab-${id}`, "aria-controls": panel.id, onclick: () => choose(id, true),
  }, label));
  const bar = h("div", {class: "tabs", role: "tablist", "aria-label": name, onkeydown: (event) => {
    const by = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    const end = {Home: 0, End: list.length - 1}[event.key];
    if (by === undefined && end === undefined) return;
    event.preventDefault();
    const i = end ?? (list.findIndex(([id]) => id === chosen) + by + list.length) % list.length;
    choose(list[i][0], true);
    buttons[i].focus();
  }}, buttons);

  function choose(id, told = false) {
    if (!list.some(([known]) => known === id)) id = list[0][0];
    chosen = id;
    list.forEach(([known], i) => {
      buttons[i].setAttribute("aria-selected", known === id);
      buttons[i].tabIndex = known === id ? 0 : -1;
    });
    const button = buttons[list.findIndex(([known]) => known === id)];
    requestAnimationFrame(() => { bar.scrollLeft = Math.max(0, button.offsetLeft - bar.offsetLeft - 40); }); // where not all have room
    panel.setAttribute("aria-labelledby", `tab-${id}`);
    panel.dataset.tab = id;
    if (!made.has(id)) made.set(id, list.find(([known]) => known === id)[2]());
    fill(panel, made.get(id));
    if (told) onchange?.(id);
  }
  choose(chosen);
  return {bar, panel, choose, get chosen() { return chosen; }};
}

// segments is a row of buttons of which one is pressed: widths, colours.
export function segments(name, list, chosen, onchange) {
  const buttons = list.map(([value, label, title]) => h("button", {
    type: "button", class: "button", title, "aria-pressed": String(value === chosen),
    onclick: () => {
      buttons.forEach((b, i) => b.setAttribute("aria-pressed", String(list[i][0] === value)));
      onchange(value);
    },
  }, label));
  return h("div", {class: "segments", role: "group", "aria-label": name}, buttons);
}
