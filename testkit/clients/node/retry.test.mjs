// Programs that call again when a call fails, with Plunk's own client for
// Node.js, against the emulator at PLUNK_URL and the faults that it makes. Each
// test has a key, and with it a project, of its own.
import assert from "node:assert/strict";
import { test } from "node:test";
import module from "@plunk/node"; // CommonJS: the class is its member default

const Plunk = module.default;
const url = process.env.PLUNK_URL;
assert.ok(url, "PLUNK_URL is not set");

const mail = { to: "ada@example.com", subject: "Your order", body: "<p>Thanks</p>" };

const client = (key) => new Plunk(key, { baseUrl: `${url}/v1/` });

// control calls the control API about the project of key: a POST if there is a
// body to post.
async function control(key, path, body) {
  const response = await fetch(`${url}/_mock${path}`, {
    method: body ? "POST" : "GET",
    headers: { Authorization: `Bearer ${key}`, ...(body && { "Content-Type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

async function look(key, path) {
  const { status, body } = await control(key, path);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

// strike makes a fault and returns its id.
async function strike(key, fault) {
  const { status, body } = await control(key, "/faults", { fault });
  assert.equal(status, 201, JSON.stringify(body));
  return body.id;
}

// retry calls until it succeeds, and returns how many tries it took. It does not
// wait: an error of the client does not tell what Retry-After said.
async function retry(call, isDone = () => false) {
  for (let tries = 1; ; tries++) {
    try {
      await call();
      return tries;
    } catch (err) {
      if (await isDone()) {
        return tries;
      }
      if (tries === 5) {
        throw err;
      }
    }
  }
}

test("a client that is slowed down gets through at its third try", async () => {
  const key = "sk_retry-429";
  const fault = await strike(key, "sendEmail:429*2,pass");

  const tries = await retry(() => client(key).emails.send(mail));
  assert.equal(tries, 3);

  const inbox = await look(key, "/inbox/messages");
  assert.equal(inbox.total, 1);

  const { requests } = await look(key, "/requests?operation=sendEmail");
  assert.deepEqual(requests.map((request) => request.status), [200, 429, 429], "newest first");
  assert.deepEqual(requests.map((request) => request.messages), [[inbox.messages[0].id], [], []]);
  assert.deepEqual(requests.map((request) => request.fault.id), [fault, fault, fault], "a pass is a strike too");
  assert.deepEqual(requests.map((request) => request.fault.step), [2, 1, 0]);
});

test("a client that retries blindly after a lost answer sends twice", async () => {
  const key = "sk_retry-blind";
  await strike(key, "sendEmail:drop=after,pass");
  const plunk = client(key);

  await assert.rejects(plunk.emails.send(mail), (err) => {
    assert.equal(err.cause?.code, "ECONNRESET", err.stack);
    return true;
  });
  assert.equal((await look(key, "/inbox/messages")).total, 1, "the mail went out all the same");

  await plunk.emails.send(mail);
  const inbox = await look(key, "/inbox/messages");
  assert.equal(inbox.total, 2);

  const { requests } = await look(key, "/requests?operation=sendEmail");
  assert.deepEqual(requests.map((request) => request.messages), inbox.messages.map(({ id }) => [id]));
});

// Plunk has no key of idempotency: a program that must not send twice has to find
// out what became of the first try. Here the inbox stands for its means to do so.
test("a client that looks before it retries sends once", async () => {
  const key = "sk_retry-look";
  await strike(key, "sendEmail:drop=after,pass");

  const isSent = async () => (await look(key, `/inbox/messages?to=${mail.to}`)).total > 0;
  const tries = await retry(() => client(key).emails.send(mail), isSent);
  assert.equal(tries, 1);
  assert.equal((await look(key, "/inbox/messages")).total, 1);
});

test("the same client sends again when nothing had happened", async () => {
  const key = "sk_retry-before";
  await strike(key, "sendEmail:drop=before,pass");

  const isSent = async () => (await look(key, `/inbox/messages?to=${mail.to}`)).total > 0;
  const tries = await retry(() => client(key).emails.send(mail), isSent);
  assert.equal(tries, 2);
  assert.equal((await look(key, "/inbox/messages")).total, 1);
});

test("verify counts the calls", async () => {
  const key = "sk_retry-verify";
  await strike(key, "sendEmail:429*2,pass");
  await retry(() => client(key).emails.send(mail));

  const right = await control(key, "/requests/verify", { operation: "sendEmail", count: { exactly: 3 } });
  assert.equal(right.status, 200, JSON.stringify(right.body));
  assert.equal(right.body.count, 3);
  assert.equal(right.body.requests.length, 3);

  const wrong = await control(key, "/requests/verify", { operation: "sendEmail", count: { exactly: 5 } });
  assert.equal(wrong.status, 409, JSON.stringify(wrong.body));
  assert.equal(wrong.body.count, 3);
});

test("a request can ask for its own fault", async () => {
  const key = "sk_retry-header";
  const send = (headers) => fetch(`${url}/v1/send`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json", ...headers },
    body: JSON.stringify(mail),
  });

  const struck = await send({ "X-Plunkmock-Fault": "503" });
  assert.equal(struck.status, 503, await struck.clone().text());
  assert.ok(struck.headers.get("x-plunkmock-fault"), "the answer says that it was struck");
  assert.deepEqual(Object.keys(await struck.json()).sort(), ["code", "error", "message", "success", "time"]);

  const next = await send();
  assert.equal(next.status, 200, await next.text());
  assert.equal(next.headers.get("x-plunkmock-fault"), null);
  assert.equal((await look(key, "/inbox/messages")).total, 1);
});
