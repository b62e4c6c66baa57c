// HTTPS at PLUNK_HTTPS, with NODE_EXTRA_CA_CERTS in the environment.
import assert from "node:assert/strict";
import { request } from "node:https";
import { test } from "node:test";
import module from "@plunk/node";

const Plunk = module.default;
const url = process.env.PLUNK_HTTPS;
assert.ok(url, "PLUNK_HTTPS is not set");
const { port } = new URL(url);

for (const base of [`https://localhost:${port}/v1/`, `${url}/v1/`]) {
  test(`Plunk's own client at ${new URL(base).hostname}`, async () => {
    const sent = await new Plunk("sk_tls", { baseUrl: base }).emails.send({ to: "ada@example.com", subject: "Hi", body: "Hi" });
    assert.equal(sent.success, true);
  });
}

// A name that leads here, as one of a container network or of /etc/hosts does.
for (const host of ["api.useplunk.com", "next-api.useplunk.com"]) {
  test(`node:https at ${host}`, async () => {
    const lookup = (_, options, done) => (options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4));
    const status = await new Promise((resolve, reject) => {
      const body = JSON.stringify({ to: "ada@example.com", subject: "Hi", body: "Hi" });
      const headers = { "Authorization": "Bearer sk_tls", "Content-Type": "application/json" };
      const call = request({ host, port, path: "/v1/send", method: "POST", headers, lookup, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.on("error", reject);
      call.end(body);
    });
    assert.equal(status, 200);
  });
}
