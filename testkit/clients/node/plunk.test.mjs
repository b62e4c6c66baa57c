// Plunk's own client for Node.js, unchanged, against the emulator at PLUNK_URL.
// Each test has a key, and with it a project, of its own.
import assert from "node:assert/strict";
import { test } from "node:test";
import module from "@plunk/node"; // CommonJS: the class is its member default
import { NotFoundError } from "@plunk/node/dist/errors/NotFound.js";
import { PlunkError } from "@plunk/node/dist/errors/PlunkError.js";
import { TokenError } from "@plunk/node/dist/errors/TokenError.js";

const Plunk = module.default;
const url = process.env.PLUNK_URL;
assert.ok(url, "PLUNK_URL is not set");

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const client = (key, base = "/v1/") => new Plunk(key, { baseUrl: url + base });

// mock asks the control API about the project of key.
async function mock(key, path) {
  const response = await fetch(`${url}/_mock${path}`, { headers: { Authorization: `Bearer ${key}` } });
  const body = await response.json();
  assert.equal(response.status, 200, JSON.stringify(body));
  return body;
}

// The client loses the /v1 of a base without a slash at its end, and posts to
// /send and /track at the root.
for (const base of ["/v1/", "/v1", "/", "/api/v1/", "/api/"]) {
  const name = "node-base" + base.replaceAll("/", "_");
  const key = "sk_" + name;

  test(`send with the base URL ${base}`, async () => {
    const sent = await client(key, base).emails.send({ to: "ada@example.com", subject: `To ${base}`, body: "<p>Hi</p>" });
    assert.equal(sent.success, true);
    assert.equal(sent.emails.length, 1);
    assert.equal(sent.emails[0].contact.email, "ada@example.com");
    assert.match(sent.emails[0].contact.id, uuid);
    assert.match(sent.timestamp, time);

    const mail = await mock(key, "/inbox/messages/latest");
    assert.equal(mail.id, sent.emails[0].email);
    assert.equal(mail.subject, `To ${base}`);
    assert.equal(mail.html, "<p>Hi</p>");
  });

  test(`track with the base URL ${base}`, async () => {
    const tracked = await client(key, base).events.track({ event: "Signed Up", email: "bob@example.com", data: { plan: "pro" } });
    assert.equal(tracked.success, true);
    assert.match(tracked.contact, uuid);
    assert.match(tracked.event, uuid);
    assert.match(tracked.timestamp, time);

    const again = await client("pk_" + name, base).events.track({ event: "signed-up", email: "bob@example.com" });
    assert.equal(again.contact, tracked.contact, "a public key opens the same project");
    assert.equal(again.event, tracked.event, "an event's name is lower-cased, with dashes for spaces");
  });
}

test("send with every field of the client", async () => {
  const key = "sk_node-fields";
  await client(key).emails.send({
    to: "Ada@Example.com",
    subject: "Grüße, 世界 👋",
    body: "<p>Schöne Grüße</p>",
    from: "team@example.org",
    name: "Das Team – ありがとう",
    subscribed: true,
    type: "markdown",
  });
  const mail = await mock(key, "/inbox/messages/latest");
  assert.equal(mail.subject, "Grüße, 世界 👋");
  assert.equal(mail.html, "<p>Schöne Grüße</p>");
  assert.deepEqual(mail.from, { name: "Das Team – ありがとう", address: "team@example.org" });
  assert.equal(mail.kind, "transactional");
});

test("send to a list", async () => {
  const key = "sk_node-list";
  const to = ["ada@example.com", "bob@example.com", "cy@example.com"];
  const sent = await client(key).emails.send({ to, subject: "To all", body: "Hi" });
  assert.deepEqual(sent.emails.map((email) => email.contact.email), to);

  const inbox = await mock(key, "/inbox/messages");
  assert.equal(inbox.total, to.length);
  assert.deepEqual(inbox.messages.map((mail) => mail.id).sort(), sent.emails.map((email) => email.email).sort());
  for (const [i, address] of to.entries()) {
    const mail = await mock(key, `/inbox/messages/latest?to=${address}`);
    assert.equal(mail.id, sent.emails[i].email);
  }
});

test("a refused key is a TokenError", async () => {
  const refused = client("sk_invalid-x");
  const calls = {
    send: () => refused.emails.send({ to: "ada@example.com", subject: "Hi", body: "Hi" }),
    track: () => refused.events.track({ event: "signed-up", email: "ada@example.com" }),
  };
  for (const [name, call] of Object.entries(calls)) {
    await assert.rejects(call, (err) => {
      assert.ok(err instanceof TokenError, `${name}: ${err.stack}`);
      assert.equal(err.message, "Incorrect Bearer token specified");
      return true;
    });
  }
});

test("a public key may not send", async () => {
  await assert.rejects(
    client("pk_node-public").emails.send({ to: "ada@example.com", subject: "Hi", body: "Hi" }),
    (err) => {
      assert.ok(err instanceof TokenError, err.stack);
      assert.equal(err.message, "You attached a public key but this route may only be accessed with a secret key");
      return true;
    },
  );
});

test("a wrong base URL is a NotFoundError", async () => {
  await assert.rejects(
    client("sk_node-nowhere", "/nowhere/v1/").emails.send({ to: "ada@example.com", subject: "Hi", body: "Hi" }),
    (err) => {
      assert.ok(err instanceof NotFoundError, err.stack);
      assert.equal(err.message, "Unknown route");
      return true;
    },
  );
});

test("a body that is refused is an Error that says why", async () => {
  const key = "sk_node-refused";
  await assert.rejects(client(key).emails.send({ to: "nobody", subject: "Hi", body: "Hi" }), (err) => {
    assert.ok(!(err instanceof PlunkError), err.stack);
    assert.match(err.message, /\bto\b/);
    assert.match(err.message, /an email address/);
    return true;
  });
  assert.equal((await mock(key, "/inbox/messages")).total, 0, "nothing was sent");
});

test("calls at the same time", async () => {
  const key = "sk_node-parallel";
  const plunk = client(key);
  const sent = await Promise.all(
    Array.from({ length: 50 }, (_, i) => plunk.emails.send({ to: `u${i}@example.com`, subject: `No. ${i}`, body: "Hi" })),
  );
  assert.equal(new Set(sent.map((answer) => answer.emails[0].email)).size, sent.length);
  assert.equal((await mock(key, "/inbox/messages?limit=0")).total, sent.length);
});
