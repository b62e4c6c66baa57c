// The automations: what starts each, and what it mails. Plunk's API cannot change them.

import {tasks} from "../clock.js";
import {button, h} from "../dom.js";
import {span} from "../format.js";
import {dialog} from "../keys.js";
import {chip, facts, find, head, line, links, mails, records, section, source} from "../records.js";
import {session} from "../session.js";
import {copy} from "../toast.js";

const wait = ({delay}) => (delay ? "after " + span(delay * 60_000) : "at once");
const names = (list, word) => list.map((e) => e.name).join(word);

export default function view() {
  return records("automations", {
    search: "Search by name or event", show, id: (a) => a.id,
    row: (a) => [line(a.name, chip(wait(a))),
      h("span", {class: "soft small cut"}, "on ", names(a.events, " and "), a.notevents.length > 0 && " unless " + names(a.notevents, " or "))],
    empty: "No automations yet.",
    add: button("How to add one", {icon: "plus", onclick: howTo}),
  });
}

async function show(idOrName) {
  const {id, name, template, events, notevents, runOnce, delay} = await find("automations", idOrName);
  const t = await find("templates", template.id);
  return [
    head(name, [chip(wait({delay}), "accent"), chip(runOnce ? "once a contact" : "every time")]),
    facts({"Starts on": links("events", events, "and", (e) => e.name), Unless: links("events", notevents, "or", (e) => e.name), Id: h("code", {}, id)}),
    await tasks({automation: id}),
    section("Template " + t.name, facts({
      Subject: t.subject, From: `${t.from ?? "the project's name"}, ${t.email ?? "the project's sender"}`, Style: t.style,
      Type: t.type === "MARKETING" ? "MARKETING: not to the unsubscribed, with a footer" : "TRANSACTIONAL: to everyone, without a footer",
    }), source(t.body)),
    await mails({automation: id}),
  ];
}

function howTo() {
  const example = `curl ${location.origin}/_mock/fixtures -H 'Content-Type: application/yaml' --data-binary @- <<'EOF'
version: 1
projects:
  - name: ${session.project}
    templates:
      - {name: Welcome, type: TRANSACTIONAL, subject: 'Welcome, {{name}}', body: '<p>Hi {{name}}</p>'}
    automations:
      - {name: Welcome, template: Welcome, events: [signed-up], delay: 0, runOnce: true}
EOF`;
  dialog("Add automations", h("div", {class: "form"},
    h("p", {}, "Plunk's API has no calls for automations and templates: a fixture describes them. Post one, or start with ", h("code", {}, "--fixtures file.yml"), "."),
    source(example),
    h("div", {class: "buttons"}, button("Copy the example", {icon: "copy", onclick: () => copy(example, "the example")}),
      h("a", {href: "https://github.com/plunkmock/plunkmock#automations-by-a-fixture", target: "_blank", rel: "noreferrer"}, "More in the README"))));
}
