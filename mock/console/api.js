// The two public APIs, as this server offers them to anyone: the control API, and
// Plunk's own with the key of the project.

import {session} from "./session.js";

// Problem is an answer that refuses, or none at all.
export class Problem extends Error {
  constructor(message, status, body, request) {
    super(message);
    this.status = status; // 0 without an answer
    this.body = body;
    this.request = request; // the id of the call in the journal, of a call of the Plunk API
  }
}

// control asks the control API about the project that is shown:
// control("/inbox/messages", {query: {limit: 50}}). It answers what the API does.
export function control(path, {query = {}, ...options} = {}) {
  return ask("/_mock" + path + search({project: session.project, ...query}), options);
}

// server asks the control API what has no project: projects, the server itself.
export function server(path, options = {}) {
  return ask("/_mock" + path + search(options.query ?? {}), options);
}

// address is where the control API has something of the project, to fetch or to show.
export function address(path, query = {}) {
  return "/_mock" + path + search({project: session.project, ...query});
}

// plunk calls the Plunk API as the app under test does: validated, in the journal,
// struck by faults. It answers what the API does, and the id of the call.
export async function plunk(path, {method = "POST", body} = {}) {
  let request;
  const answer = await ask("/v1" + path, {
    method, body, headers: {Authorization: "Bearer " + session.secretKey()},
    seen: (r) => { request = r.headers.get("X-Plunkmock-Request"); },
  });
  return {answer, request};
}

// search writes a query; of a list each of its values.
function search(query) {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) {
      if (one != null && one !== "") params.append(name, one);
    }
  }
  const text = params.toString();
  return text && "?" + text;
}

// A body of another type than JSON is text, and sent as it is.
async function ask(url, {method = "GET", body, type = "application/json", signal, headers = {}, keepalive, seen} = {}) {
  let response, text;
  try {
    response = await fetch(url, {
      method, signal, keepalive,
      headers: body === undefined ? headers : {...headers, "Content-Type": type},
      body: body === undefined || type !== "application/json" ? body : JSON.stringify(body),
    });
    seen?.(response);
    text = await response.text();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    const cut = response ? "The answer broke off." : "plunkmock does not answer, or the connection was cut.";
    throw new Problem(cut, 0, null, response?.headers.get("X-Plunkmock-Request"));
  }
  const parsed = parse(response, text);
  if (response.ok) return parsed;
  throw new Problem(words(parsed, response), response.status, parsed, response.headers.get("X-Plunkmock-Request"));
}

function parse(response, text) {
  if (!/json/.test(response.headers.get("Content-Type") ?? "")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text; // a fault has cut it
  }
}

// words says in plain words why a call was refused.
function words(body, response) {
  const said = body?.message || body?.error;
  return said ? `${said} (${response.status})` : `The answer was ${response.status} ${response.statusText}.`;
}
