// Programs whose address of Plunk cannot be changed, with the module of the emulator
// at PLUNK_URL in NODE_OPTIONS. ELSEWHERE is a server that says what it was asked.
import assert from "node:assert/strict";
import { test } from "node:test";
import module from "@plunk/node";

const Plunk = module.default;
const { PLUNK_URL: url, ELSEWHERE: elsewhere } = process.env;
assert.ok(url && elsewhere, "PLUNK_URL or ELSEWHERE is not set");

const fixed = "https://api.useplunk.com/v1/send";
const mail = (subject) => JSON.stringify({ to: "ada@example.com", subject, body: "<p>Grüße</p>" });
const headers = (key) => ({ "Authorization": `Bearer ${key}`, "Content-Type": "application/json" });

// journal is what the emulator has seen of a project, newest first.
async function journal(key) {
  const response = await fetch(`${url}/_mock/requests`, { headers: { Authorization: `Bearer ${key}` } });
  return (await response.json()).requests;
}

async function sent(response, key, subject) {
  assert.equal(response.status, 200, await response.clone().text());
  assert.match(response.headers.get("x-plunkmock-request"), /./);
  assert.equal((await response.json()).success, true);
  const [call] = await journal(key);
  assert.equal(call.method, "POST");
  assert.equal(call.path, "/send");
  assert.equal(JSON.parse(call.body).subject, subject);
  assert.equal(JSON.parse(call.body).body, "<p>Grüße</p>");
}

test("Plunk's own client, as it comes", async () => {
  const answer = await new Plunk("sk_redirect-client").emails.send({ to: "ada@example.com", subject: "Hi", body: "Hi" });
  assert.equal(answer.success, true);
  const tracked = await new Plunk("sk_redirect-client").events.track({ event: "signed-up", email: "ada@example.com" });
  assert.equal(tracked.success, true);
  assert.equal((await journal("sk_redirect-client")).length, 2);
});

test("every way to name an address", async () => {
  const key = "sk_redirect-address";
  const addresses = {
    "text": fixed,
    "URL": new URL(fixed),
    "with a port": "https://api.useplunk.com:443/v1/send",
    "in capitals": "HTTPS://API.useplunk.com/v1/send",
    "in clear": "http://api.useplunk.com/v1/send",
    "the next generation": "https://next-api.useplunk.com/v1/send",
    "an object": { toString: () => fixed },
  };
  for (const [name, address] of Object.entries(addresses)) {
    const response = await fetch(address, { method: "POST", headers: headers(key), body: mail(name) });
    await sent(response, key, name);
  }
});

test("a Request", async () => {
  const key = "sk_redirect-request";
  const request = new Request(fixed, { method: "POST", headers: { ...headers(key), "X-Mine": "1" }, body: mail("Request") });
  await sent(await fetch(request), key, "Request");
  assert.ok((await journal(key))[0].headers.some(({ name, value }) => name === "X-Mine" && value === "1"));
  assert.ok(request.bodyUsed, "as with any fetch");
  await assert.rejects(fetch(request), TypeError, "a body is sent once");

  const changed = new Request(fixed, { method: "POST", headers: headers("sk_redirect-nobody"), body: mail("before") });
  await sent(await fetch(changed, { headers: headers(key), body: mail("after") }), key, "after");
});

test("a body that is a stream", async () => {
  const key = "sk_redirect-stream";
  const bytes = new TextEncoder().encode(mail("stream"));
  const body = () => new ReadableStream({
    start(controller) {
      controller.enqueue(bytes.slice(0, 20));
      controller.enqueue(bytes.slice(20));
      controller.close();
    },
  });
  await sent(await fetch(fixed, { method: "POST", headers: headers(key), body: body(), duplex: "half" }), key, "stream");
  const request = new Request(fixed, { method: "POST", headers: headers(key), body: body(), duplex: "half" });
  await sent(await fetch(request), key, "stream");
});

test("an answer that is a stream", async () => {
  const stop = new AbortController();
  const response = await fetch("https://api.useplunk.com/_mock/events/stream?project=redirect-events", { signal: stop.signal });
  assert.equal(response.status, 200);
  const reader = response.body.getReader();
  const first = reader.read();
  await fetch(fixed, { method: "POST", headers: headers("sk_redirect-events"), body: mail("event") });
  assert.equal((await first).done, false);
  stop.abort();
  await assert.rejects(async () => {
    while (!(await reader.read()).done);
  }, { name: "AbortError" });
});

test("a signal", async () => {
  const held = "https://api.useplunk.com/_mock/inbox/wait?project=redirect-signal&timeout=60s";
  await assert.rejects(fetch(held, { signal: AbortSignal.abort() }), { name: "AbortError" });
  const stop = new AbortController();
  const waiting = fetch(new Request(held, { signal: stop.signal }));
  setImmediate(() => stop.abort());
  await assert.rejects(waiting, { name: "AbortError" });
});

test("the query stays, and a path is never a host", async () => {
  for (const [address, want] of [
    ["https://api.useplunk.com/v1/contacts/count?a=b%20c&a=d#part", "/v1/contacts/count?a=b%20c&a=d"],
    ["https://api.useplunk.com//example.com/v1", "//example.com/v1"],
    ["https://api.useplunk.com/\\example.com", "//example.com"],
    ["https://api.useplunk.com", "/"],
  ]) {
    const response = await fetch(address, { headers: headers("sk_redirect-path") });
    assert.ok(response.url.startsWith(url + want), `${address} led to ${response.url}`);
    await response.text();
  }
});

test("everything else stays as it is", async () => {
  const response = await fetch(`${elsewhere}/x?y`, { method: "PUT", headers: { "X-Mine": "1" }, body: "Hi" });
  assert.equal(await response.text(), "PUT /x?y 1 Hi");
  const request = new Request(`${elsewhere}/z`, { method: "POST", headers: { "X-Mine": "2" }, body: "Ho" });
  assert.equal(await (await fetch(request)).text(), "POST /z 2 Ho");
  assert.equal(await (await fetch("data:,useplunk.com")).text(), "useplunk.com");
  for (const address of ["nonsense", "/v1/send", "", undefined, "https://api.useplunk.com:99999/"]) {
    await assert.rejects(fetch(address), TypeError, `${address}`);
  }
  assert.equal(fetch.name, "fetch");
});

test("look-alikes stay as they are", async () => {
  const port = new URL(elsewhere).port;
  for (const host of ["api.useplunk.com.localhost", "xapi.useplunk.com.localhost"]) {
    const address = `http://${host}:${port}/`;
    const text = await fetch(address).then((response) => response.text(), (err) => err.cause?.code ?? err.message);
    assert.match(text, /^GET \/|ENOTFOUND|EAI_AGAIN/, address); // some systems know names under localhost
  }
});
