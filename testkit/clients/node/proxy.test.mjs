// Programs whose address of Plunk cannot be changed, with HTTPS_PROXY and
// NODE_EXTRA_CA_CERTS in their environment, and what their Node.js needs to look at the
// first.
import assert from "node:assert/strict";
import { test } from "node:test";
import module from "@plunk/node";

const Plunk = module.default;

test("Plunk's own client, as it comes", async () => {
  const answer = await new Plunk("sk_proxy").emails.send({ to: "ada@example.com", subject: "By proxy", body: "Hi" });
  assert.equal(answer.success, true);
  const response = await fetch("https://api.useplunk.com/_mock/inbox/messages/latest", { headers: { Authorization: "Bearer sk_proxy" } });
  assert.equal((await response.json()).subject, "By proxy");
});

test("nothing else passes", async () => {
  await assert.rejects(fetch("https://example.com/"), (err) => {
    assert.match(`${err.cause?.message} ${err.cause?.cause?.message}`, /403|tunneling|Proxy response/i);
    return true;
  });
});
