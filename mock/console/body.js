// Bodies of calls as they read best: JSON with what is wrong at its field, else text.

import {h, put} from "./dom.js";

// body shows a body. violations are [{field, message}] of it; those whose field it
// does not have stand above.
export function body(text, {truncated = false, violations = []} = {}) {
  const pre = h("pre", {tabindex: "0"});
  const left = new Map();
  // What is wrong with the JSON itself is of no field, not even of one called body.
  for (const {field, rule, message} of violations) if (rule !== "json") left.set(path(field), [...(left.get(path(field)) ?? []), message]);
  const parsed = truncated ? undefined : parse(text);
  if (parsed === undefined) put(pre, text);
  else write(pre, parsed, "", "", left);
  const rest = [...left].flatMap(([field, messages]) => messages.map((m) => h("p", {class: "bad"}, field ? `${field}: ` : "", m)));
  return [
    rest, violations.filter(({rule}) => rule === "json").map(({message}) => h("p", {class: "bad"}, "body: ", message)),
    text === "" ? h("p", {class: "soft"}, truncated ? "Its body was not kept." : "No body.") : h("div", {class: "code"}, pre),
    truncated && text !== "" && h("p", {class: "soft small"}, "Only the first 64 KiB are kept."),
  ];
}

// path writes a field in one way: attachments[0].content as attachments.0.content.
function path(field) {
  return field.replace(/\[(?:("(?:[^"\\]|\\.)*")|(\w+))\]/g, (all, name, n) => "." + (name ? unquoted(name) : n)).replace(/^body\./, "");
}

// unquoted reads a name as the server quotes it, which is nearly how JSON does.
function unquoted(name) {
  try {
    return JSON.parse(name);
  } catch {
    return name.slice(1, -1);
  }
}

// Figure is a number as it was written: 1.10, or one with more digits than a number
// of this language has.
class Figure {
  constructor(source) { this.source = source; }
}

const deepest = 50; // levels that get lines of their own

// parse answers an object or a list; undefined for all else, which is shown as text.
function parse(text) {
  try {
    const value = JSON.parse(text, (key, one, context) => (typeof one === "number" && context?.source ? new Figure(context.source) : one));
    return typeof value === "object" && value !== null && !(value instanceof Figure) && !deep(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function deep(value, levels = deepest) {
  return typeof value === "object" && value !== null && (levels === 0 || Object.values(value).some((one) => deep(one, levels - 1)));
}

function write(out, value, at, indent, wrong) {
  if (value === null || typeof value !== "object" || value instanceof Figure) {
    put(out, h("span", {class: typeof value === "string" ? "json-string" : "json-other"}, value?.source ?? JSON.stringify(value)));
    return;
  }
  const list = Array.isArray(value);
  const entries = Object.entries(value);
  if (entries.length === 0) {
    put(out, list ? "[]" : "{}");
    return;
  }
  put(out, list ? "[" : "{", "\n");
  entries.forEach(([key, item], i) => {
    const field = at ? `${at}.${key}` : key;
    const notes = wrong.get(field);
    wrong.delete(field);
    put(out, indent, "  ");
    const line = h("span", {class: notes ? "json-wrong" : null});
    if (!list) put(line, h("span", {class: "json-key"}, JSON.stringify(key)), ": ");
    write(line, item, field, indent + "  ", wrong);
    put(out, line, i < entries.length - 1 ? "," : "", notes?.map((note) => h("span", {class: "json-note"}, indent, "  ▲ ", note)), notes ? "" : "\n");
  });
  // What is missing stands in the object that should have it.
  for (const [field, notes] of wrong) {
    const parent = field.includes(".") ? field.slice(0, field.lastIndexOf(".")) : "";
    if (parent !== at || list) continue;
    wrong.delete(field);
    put(out, notes.map((note) => h("span", {class: "json-note"}, indent, "  ▲ ", field.slice(parent ? parent.length + 1 : 0), ": ", note)));
  }
  put(out, indent, list ? "]" : "}");
}

// quoted writes a word for a shell.
export function quoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
