// A call of the journal, to be made once more: by hand in a shell, or from here.

import {quoted} from "./body.js";
import {session} from "./session.js";

// What a client adds by itself, or what belonged to its connection alone.
const own = /^(accept-encoding|accept-language|authorization|cache-control|connection|content-length|cookie|dnt|expect|host|keep-alive|origin|pragma|priority|proxy-.*|referer|sec-.*|te|traceparent|tracestate|transfer-encoding|upgrade.*|user-agent|via|x-forwarded-.*|forwarded)$/i;

// obstacle says why a call cannot be made again as it was; "" when it can.
export function obstacle(call) {
  if (call.method === "SMTP") return "It came by SMTP.";
  if (call.bodyTruncated) return "Its body was not kept whole, so it cannot be repeated.";
  if (/[\0\ufffd]/.test(call.body)) return "Its body is not text, so it cannot be repeated.";
  return "";
}

// again is where a call goes and with which headers. Keys are masked in the journal:
// the project's own stands in for them.
function again(call) {
  const headers = call.headers.filter(({name, value}) => !own.test(name) && !(/^accept$/i.test(name) && value === "*/*"));
  if (call.headers.some(({name}) => /^authorization$/i.test(name))) {
    const key = call.key === "public" ? session.publicKey() : session.secretKey();
    headers.unshift({name: "Authorization", value: "Bearer " + key});
  }
  return {url: location.origin + call.mount + call.path + (call.query && "?" + call.query), headers};
}

// curl writes a call as a command for a shell.
export function curl(call) {
  const {url, headers} = again(call);
  const first = ["curl"];
  if (call.method === "HEAD") first.push("--head");
  else if (call.method !== "GET" || call.body) first.push("-X", quoted(call.method));
  if (/[[\]{}]/.test(url)) first.push("--globoff");
  if (/\/\.\.?(\/|\?|$)/.test(url)) first.push("--path-as-is");
  first.push(quoted(url));
  const lines = [first.join(" "), ...headers.map(({name, value}) => "-H " + quoted(value === "" ? `${name};` : `${name}: ${value}`))];
  if (call.body !== "") {
    if (!headers.some(({name}) => /^content-type$/i.test(name))) lines.push("-H 'Content-Type:'");
    lines.push("--data-raw " + quoted(call.body));
  }
  return lines.join(" \\\n  ");
}

// repeat makes a call once more, and answers its id in the journal: undefined when
// the connection broke before there was one.
export async function repeat(call) {
  const {url, headers} = again(call);
  const bodiless = call.body === "" || call.method === "GET" || call.method === "HEAD"; // a browser sends none with these
  try {
    const response = await fetch(url, {
      method: call.method, headers: headers.map(({name, value}) => [name, value]), cache: "no-store",
      body: bodiless ? undefined : new Blob([call.body]), // a text would bring a Content-Type of its own
    });
    const id = response.headers.get("X-Plunkmock-Request");
    await Promise.race([response.text().catch(() => {}), new Promise((done) => { setTimeout(done, 3000); })]);
    return id; // a fault may have cut the body, or send it slowly
  } catch {
    return undefined;
  }
}
