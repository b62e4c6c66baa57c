// What programs do with fetch that have no client, against the emulator at
// PLUNK_URL. Each test has a key, and with it a project, of its own.
import assert from "node:assert/strict";
import { test } from "node:test";

const url = process.env.PLUNK_URL;
assert.ok(url, "PLUNK_URL is not set");

const mail = { to: "ada@example.com", subject: "Hi", body: "<p>Hi</p>" };

function send(key, body, headers = {}) {
  return fetch(`${url}/v1/send`, { method: "POST", body, headers: { Authorization: `Bearer ${key}`, ...headers } });
}

// refused checks an answer that is Plunk's error of a status, and returns its
// message.
async function refused(response, status, reason) {
  const text = await response.text();
  assert.equal(response.status, status, text);
  assert.match(response.headers.get("content-type"), /^application\/json/);
  const { message, time, ...rest } = JSON.parse(text);
  assert.deepEqual(rest, { success: false, code: status, error: reason });
  assert.ok(Number.isInteger(time), `time is ${time}`);
  return message;
}

test("a body that is not sent as JSON", async (t) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(mail)) {
    form.append(name, value);
  }
  const bodies = {
    "FormData": form,
    "URLSearchParams": new URLSearchParams(mail),
    "text": "Hi Ada",
    "JSON without a content type": JSON.stringify(mail),
    "bytes without any content type": new TextEncoder().encode(JSON.stringify(mail)),
  };
  for (const [name, body] of Object.entries(bodies)) {
    await t.test(name, async () => {
      const message = await refused(await send("sk_fetch-type", body), 422, "Unprocessable Entity");
      assert.match(message, /Content-Type/);
      assert.match(message, /application\/json/);
    });
  }
  await t.test("and nothing was sent", async () => {
    const inbox = await fetch(`${url}/_mock/inbox/messages`, { headers: { Authorization: "Bearer sk_fetch-type" } });
    assert.equal((await inbox.json()).total, 0);
  });
});

test("JSON with a charset", async () => {
  const response = await send("sk_fetch-charset", JSON.stringify(mail), { "Content-Type": "application/json;charset=UTF-8" });
  assert.equal(response.status, 200, await response.text());
});

test("a preflight lets any page call", async () => {
  const response = await fetch(`${url}/v1/track`, {
    method: "OPTIONS",
    headers: {
      "Origin": "https://app.example.com",
      "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "authorization,content-type",
    },
  });
  assert.equal(response.status, 204);
  assert.equal(await response.text(), "");
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  assert.match(response.headers.get("access-control-allow-methods"), /\bPOST\b/);
  assert.equal(response.headers.get("access-control-allow-headers"), "authorization,content-type");
});

test("a page of any origin may read the answer", async () => {
  for (const key of ["sk_fetch-cors", "sk_invalid-cors"]) {
    const response = await send(key, JSON.stringify(mail), { "Content-Type": "application/json", "Origin": "https://app.example.com" });
    assert.equal(response.headers.get("access-control-allow-origin"), "*", key);
    assert.match(response.headers.get("access-control-expose-headers"), /\bX-Plunkmock-Request\b/, key);
    await response.text();
  }
});

test("a body over the limit, and the next call", async () => {
  const key = "sk_fetch-large";
  const json = { "Content-Type": "application/json" };
  const large = JSON.stringify({ ...mail, body: "x".repeat(51_000_000) });
  for (let i = 0; i < 3; i++) {
    const message = await refused(await send(key, large, json), 413, "Request Entity Too Large");
    assert.match(message, /50000000 bytes/);

    const next = await send(key, JSON.stringify(mail), json);
    assert.equal(next.status, 200, await next.text());
  }
});
