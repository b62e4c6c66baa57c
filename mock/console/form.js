// Forms that make calls, and what is said when a call is refused.

import {button, fill, h} from "./dom.js";
import {dialog} from "./keys.js";
import {link} from "./route.js";
import {toast} from "./toast.js";

let made = 0; // fields, each with an id of its own

// field is a labelled input: of several lines with rows, to choose from with options
// ({value: words}). as says how what is typed is read.
export function field(label, name, value, {hint, options, rows, as, ...props} = {}) {
  const id = `field-${++made}`;
  const common = {id, name, "data-as": as, "aria-describedby": hint && id + "-hint", autocomplete: "off", spellcheck: "false", ...props};
  return h("div", {class: "field"}, h("label", {for: id}, label),
    options ? h("select", common, Object.entries(options).map(([v, words]) => h("option", {value: v, selected: v === value}, words)))
      : h(rows ? "textarea" : "input", {...common, rows, value}),
    hint && h("small", {id: id + "-hint"}, hint));
}

export function check(label, name, checked) {
  return h("label", {}, h("input", {type: "checkbox", name, checked}), " ", label);
}

const readers = {
  json: (value) => (value.trim() === "" ? undefined : JSON.parse(value)),
  word: (value) => value.trim(),
  list: (value) => value.split(/[\s,;]+/).filter(Boolean),
  number: (value) => (value === "" ? undefined : Number(value)),
  choice: (value) => ({true: true, false: false})[value],
};

// values reads the fields of a form by their names.
function values(form) {
  const read = {};
  for (const input of form.elements) {
    if (!input.name) continue;
    input.removeAttribute("aria-invalid");
    try {
      if (input.validity.badInput) throw new SyntaxError(); // a browser reads it as empty
      read[input.name] = input.type === "checkbox" ? input.checked : (readers[input.dataset.as] ?? String)(input.value);
    } catch (error) {
      input.setAttribute("aria-invalid", "true");
      input.focus();
      throw new Error(`${input.labels[0].textContent} is not ${input.dataset.as === "json" ? `JSON: ${error.message}` : "a number."}`);
    }
  }
  return read;
}

// form sends its fields: send(values) makes the call and answers what to say then. The
// server's own words say why it was refused.
export function form(fields, submit, send, danger) {
  const said = h("div", {role: "alert"});
  let busy = false;
  const element = h("form", {class: "form", novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    fill(said);
    try {
      const done = await send(values(element));
      element.closest("dialog")?.close();
      if (done) toast(done.words ?? done, done);
    } catch (error) {
      fill(said, refusal(error));
    }
    busy = false;
  }}, fields, said, h("div", {class: "buttons"}, button(submit, {type: "submit", class: danger ? "danger" : "main"})));
  return element;
}

// ask shows a form above everything else, until it was sent.
export function ask(title, ...of) {
  const element = form(...of);
  dialog(title, element);
  element.querySelector("input, textarea, select")?.focus();
}

// call is the way to a call in the journal.
export function call(id) { return {label: id ? "See the call" : "See the calls", address: link("requests", id)}; }

// refusal says why a call did not do what it should, with the way to it.
export function refusal(error) {
  const {label, address} = call(error.request);
  return h("p", {class: "bad"}, error.message, (error.request || error.status === 0) && [" ", h("a", {
    href: address, onclick: (event) => event.target.closest("dialog")?.close(),
  }, label)]);
}

// called makes a call at once; undefined when it was refused.
export async function called(f, done) {
  try {
    const answer = await f();
    if (done) toast(done);
    return answer;
  } catch (error) {
    toast(error.message, {bad: true, link: (error.request || error.status === 0) && call(error.request)});
    return undefined;
  }
}
