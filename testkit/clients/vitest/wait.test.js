import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { POST, PUT } from "./app/api/sign-up/route.js";

const call = (method, body) => new Request("http://app.test/api/sign-up", { method, body: JSON.stringify(body) });

test("who signs up logs in with the code that the command line tells", async () => {
  const email = "eve@example.com";
  expect((await POST(call("POST", { email }))).status).toBe(201);
  const code = execFileSync("plunkmock", ["wait", "--to", email, "--code"], { encoding: "utf8" }).trim();
  expect((await PUT(call("PUT", { email, code }))).status).toBe(200);
});
