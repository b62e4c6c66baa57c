// What happened to a call, in words and colours that its row and its page share.

import {h} from "./dom.js";

const phrases = {
  200: "OK", 201: "Created", 204: "No content", 400: "Bad request", 401: "Unauthorized", 403: "Forbidden", 404: "Not found",
  405: "Method not allowed", 409: "Conflict", 413: "Too large", 415: "Unsupported type", 422: "Refused as invalid", 429: "Too many requests",
  500: "Server error", 502: "Bad gateway", 503: "Unavailable", 504: "Time-out",
};

// statusChip shows how a call ended, in colour and in words.
export function statusChip(call, {long = false} = {}) {
  const {status} = call;
  const cut = /\bdrop=/.test(call.fault?.did); // whatever was answered, no one heard it
  const kind = status === 0 || status >= 500 || cut ? "bad" : status >= 400 ? "warn" : "good";
  const text = status === 0 ? "cut" : String(status);
  const phrase = call.method === "SMTP" ? "" : status === 0 || cut ? "No answer came through" : phrases[status] ?? "";
  return h("span", {class: "chip status " + kind, title: phrase || null}, text, long && phrase && h("span", {}, phrase));
}

// didWords says in words what a step of a rule did, which is told in the grammar.
export function didWords(did) {
  const atoms = did.split("+").sort((a, b) => b.startsWith("delay") - a.startsWith("delay")); // waiting comes first
  const parts = atoms.map((atom) => {
    const [name, value] = atom.split(/=(.*)/);
    switch (name) {
      case "pass": return "let it pass";
      case "delay": return `let it wait (${value})`;
      case "drop": return value === "before" ? "cut the connection before anything had happened" : "carried it out, then cut the connection";
      case "truncate": return `cut the body off after ${value} bytes`;
      case "dribble": return `sent the body slowly, ${value} bytes a second`;
      case "body": return "sent another body";
      case "limit": return `held the calls to ${value.replace("/", " in ")}`;
      case "enhanced": return `said ${value}`;
      default: return /^\d+$/.test(name) ? `answered ${name}` : atom;
    }
  });
  return parts.join(", ") || "let it pass";
}

// keyWords names the kind of key of a call.
export function keyWords(call) {
  if (call.method === "SMTP") return "";
  return call.key ? `${call.key} key` : "no usable key";
}

// nameOf is what was called: POST /v1/send.
export function nameOf(call) {
  return call.method === "SMTP" ? "SMTP session" : `${call.method} ${call.mount}${call.path}`;
}
