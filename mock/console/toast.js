// What the console says by itself: short notes at the edge, and to screen readers.

import {button, h, put} from "./dom.js";

// announce tells screen readers something that is seen elsewhere on the page.
export function announce(text) {
  const live = document.getElementById("live");
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = text; });
}

const closers = new WeakMap(); // note → how it goes

// toast shows a note for a while. An action is one button: {label, run}. What it
// answers takes the note away; gone is called when the note goes, however it does, but
// for its action.
export function toast(text, {bad = false, action, link, lasts = bad ? 10_000 : 5000, gone} = {}) {
  const places = document.getElementById("toasts");
  const note = h("div", {class: "toast" + (bad ? " bad" : ""), role: bad ? "alert" : null}, h("span", {}, text));
  let timer;
  let open = true;
  const close = () => {
    clearTimeout(timer);
    note.remove();
    if (open) gone?.();
    open = false;
  };
  note.close = close;
  if (link) put(note, h("a", {href: link.address, onclick: close}, link.label));
  if (action) {
    put(note, button(action.label, {onclick: () => { gone = null; close(); action.run(); }}));
  }
  put(note, button("Dismiss", {icon: "close", quiet: true, onclick: close}));
  places.append(note);
  closers.set(note, close);
  while (places.children.length > 4) closers.get(places.firstElementChild)();
  const rest = () => clearTimeout(timer);
  const wait = () => {
    rest();
    timer = setTimeout(close, lasts);
  };
  note.addEventListener("pointerenter", rest);
  note.addEventListener("pointerleave", wait);
  note.addEventListener("focusin", rest);
  note.addEventListener("focusout", wait);
  wait();
  return close;
}

// complain shows why something did not work.
export function complain(error) {
  if (error.name === "AbortError") return;
  toast(error.message, {bad: true});
}

// tried runs f and complains when it fails; it answers what f does, or undefined.
export async function tried(f) {
  try {
    return await f();
  } catch (error) {
    complain(error);
    return undefined;
  }
}

// copy puts text onto the clipboard and says so.
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copyByHand(text)) {
      toast("The browser does not let this page write to the clipboard.", {bad: true});
      return;
    }
  }
  toast(`Copied ${what}.`, {lasts: 2000});
}

// copyByHand is for pages over plain HTTP on another machine, which have no clipboard.
function copyByHand(text) {
  const area = h("textarea", {class: "unseen", value: text, "aria-hidden": "true"});
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return done;
}
