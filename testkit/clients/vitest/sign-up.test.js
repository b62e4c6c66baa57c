import { expect, test } from "vitest";
import { POST, PUT } from "./app/api/sign-up/route.js";

const mock = new URL("/_mock/inbox/", process.env.PLUNK_BASE_URL);
const headers = { Authorization: `Bearer ${process.env.PLUNK_SECRET_KEY}` };
const call = (method, body) => new Request("http://app.test/api/sign-up", { method, body: JSON.stringify(body) });

test("who signs up gets a code that logs in", async () => {
  const email = "ada@example.com";
  expect((await POST(call("POST", { email }))).status).toBe(201);
  const code = (await (await fetch(new URL(`messages/latest/code?to=${email}`, mock), { headers })).text()).trim();
  expect((await PUT(call("PUT", { email, code }))).status).toBe(200);
});

test("a mail that is refused is told", async () => {
  const refusal = { ...headers, "Content-Type": "application/json" };
  await fetch(new URL("../faults", mock), { method: "POST", headers: refusal, body: JSON.stringify({ fault: "sendEmail:429*1,pass" }) });
  await expect(POST(call("POST", { email: "bob@example.com" }))).rejects.toThrow();
});
