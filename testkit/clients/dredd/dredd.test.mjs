// dredd calls each operation of Plunk's document once for each answer that is
// declared there, against the emulator at PLUNK_URL. It compares the status, the
// content type and which members the body has; that these have the right types is
// for package mock's own tests. dredd's support of OpenAPI 3 is experimental, and
// what it does not understand it leaves out: so the test counts what was compared.
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { promisify } from "node:util";
import Dredd from "dredd";
import yaml from "js-yaml";

const url = process.env.PLUNK_URL;
assert.ok(url, "PLUNK_URL is not set");

const plunk = yaml.safeLoad(readFileSync("plunk-openapi.yml", "utf8"));

// declared lists the answers of the document, such as "PUT /contacts 404".
function declared() {
  return Object.entries(plunk.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) =>
      Object.keys(operation.responses).map((status) => `${method.toUpperCase()} ${path} ${status}`)));
}

// withExamples returns a copy of the document with the two examples that dredd
// misses. Without the first it refuses the document; without the second it makes
// up a body of empty strings, which name no campaign.
function withExamples() {
  const copy = structuredClone(plunk);
  copy.paths["/contacts/{id}"].get.parameters[0].example = "contact_123";
  copy.paths["/campaigns"].put.requestBody.content["application/json"].example = { id: "campaign_123", subject: "News again" };
  return JSON.stringify(copy);
}

test("every answer that the document declares", async () => {
  const answers = declared();
  assert.equal(answers.length, 42);

  const passed = [];
  const emitter = new EventEmitter();
  emitter.on("test pass", ({ origin, request, actual, results }) => {
    const compared = Object.keys(results.fields).sort().join(", ");
    passed.push(`${request.method} ${origin.resourceName} ${actual.statusCode}: ${compared}`);
  });
  const dredd = new Dredd({
    endpoint: `${url}/v1`,
    apiDescriptions: [withExamples()],
    hookfiles: ["hooks.js"],
    emitter,
    color: false,
  });
  await promisify(dredd.run.bind(dredd))();

  const { tests, passes, failures, errors, skipped } = dredd.stats;
  assert.deepEqual({ tests, passes, failures, errors, skipped }, { tests: answers.length, passes: answers.length, failures: 0, errors: 0, skipped: 0 });
  assert.deepEqual(passed.sort(), answers.map((answer) => `${answer}: body, headers, statusCode`).sort());
});
