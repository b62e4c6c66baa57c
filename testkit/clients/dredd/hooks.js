// What dredd needs before each call. It runs its calls one after another in one
// project, and loads this file itself, as CommonJS.
const hooks = require("hooks");

const url = process.env.PLUNK_URL;
const Authorization = "Bearer sk_test";

// What the document's examples name, put back before each call, since some calls
// delete it. The contact has an address of its own: the examples create theirs.
const state = {
  version: 1,
  projects: [{
    name: "test",
    contacts: [{ id: "contact_123", email: "ada@example.com" }],
    campaigns: [{ id: "campaign_123", subject: "News", body: "<p>News</p>", recipients: ["ada@example.com"] }],
  }],
};

async function prepare(transaction) {
  const response = await fetch(`${url}/_mock/state`, {
    method: "PUT",
    headers: { Authorization, "Content-Type": "application/json" },
    body: JSON.stringify(state),
  });
  if (!response.ok) {
    throw new Error(`the state is refused: ${await response.text()}`);
  }
  transaction.request.headers.Authorization = Authorization;
  if (transaction.expected.statusCode !== "200") {
    transaction.request.headers.Prefer = `code=${transaction.expected.statusCode}`;
  }
}

// dredd does not wait for a promise, and takes a hook of two parameters for one
// that calls back.
hooks.beforeEach((transaction, done) => {
  prepare(transaction)
    .catch((err) => { transaction.fail = err.stack; })
    .then(() => done());
});

// The document declares application/json, and the answer adds its charset: to
// dredd these differ.
hooks.beforeEachValidation((transaction) => {
  const headers = transaction.real.headers;
  if (headers["content-type"] === "application/json; charset=utf-8") {
    headers["content-type"] = "application/json";
  }
});
