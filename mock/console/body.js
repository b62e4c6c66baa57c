// Bodies of calls as they read best: JSON with what is wrong at its field, else text.

import {h, put} from "./dom.js";

// body shows a body. violations are [{field, message}] of it; those whose field it
// does not have stand above.
export function body(text, {truncated = false, violations = []} = {}) {
  const pre = h("pre", {tabindex: "0"});
  const left = new Map();
  for (const {field, message} of violations) left.set(path(field), [...(left.get(path(field)) ?? []), message]);
  const parsed = truncated ? undefined : parse(text);
  if (parsed === undefined) put(pre, text);
  else write(pre, parsed.value, "", "", left);
  const rest = [...left].flatMap(([field, messages]) => messages.map((m) => h("p", {class: "bad"}, field ? `${field}: ` : "", m)));
  return [
    rest,
    text === "" ? h("p", {class: "soft"}, "No body.") : h("div", {class: "code"}, pre),
    truncated && h("p", {class: "soft small"}, "Only the first 64 KiB are kept."),
  ];
}

// path writes a field in one way: attachments[0].content as attachments.0.content.
function path(field) { return field.replace(/\[(\w+)\]/g, ".$1").replace(/^body\./, ""); }

function parse(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? {value} : undefined;
  } catch {
    return undefined;
  }
}

function write(out, value, at, indent, wrong) {
  if (value === null || typeof value !== "object") {
    put(out, h("span", {class: typeof value === "string" ? "json-string" : "json-other"}, JSON.stringify(value)));
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
