// The campaigns: written, changed and sent as an app does it, by the Plunk API.

import {plunk} from "../api.js";
import {tasks} from "../clock.js";
import {button, h} from "../dom.js";
import {ask, call, field} from "../form.js";
import {fullTime, many, number, shortTime} from "../format.js";
import {go, link} from "../route.js";
import {chip, erase, facts, find, head, line, mails, records, section, some, source} from "../records.js";

const state = ({status}) => chip(status.toLowerCase(), status === "SENT" ? "good" : "accent");

export default function view() {
  return records("campaigns", {
    search: "Search by subject or body", show, id: (c) => c.id,
    row: (c) => [line(c.subject || "(no subject)", state(c)), h("span", {class: "line soft small"}, many(c.recipients.length, "recipient"), h("time", {}, shortTime(c.createdAt)))],
    empty: "No campaigns yet.",
    add: button("New campaign", {icon: "plus", onclick: () => write("New campaign", {recipients: []}, "POST")}),
  });
}

async function show(id) {
  const c = await find("campaigns", id);
  return [
    head(c.subject || "(no subject)", state(c),
      button("Send…", {class: "main", onclick: () => send(c)}),
      c.status === "DRAFT" && button("Edit", {onclick: () => write("Edit the campaign", c, "PUT")}),
      button("Delete", {icon: "trash", class: "danger", onclick: () => erase("campaigns", id, "the campaign", "What is scheduled of it goes too. Its mails stay in the inbox.")})),
    facts({Style: c.style, Created: fullTime(c.createdAt), Updated: fullTime(c.updatedAt), Id: h("code", {}, id)}),
    await tasks({campaign: id}),
    section("Body", source(c.body)),
    section(`Recipients (${number(c.recipients.length)})`, some(c.recipients, (email) => h("li", {}, h("a", {href: link("contacts", email)}, email)), 10)),
    await mails({campaign: id}),
  ];
}

function write(title, {id, subject, body, style, recipients}, method) {
  ask(title, [
    field("Subject", "subject", subject),
    field("Body", "body", body, {rows: 8, hint: "HTML. Variables such as {{name ?? friend}} are replaced."}),
    field("Recipients", "recipients", recipients.join("\n"), {rows: 4, as: "list", hint: "Email addresses, one a line. Those that are not known become contacts."}),
    field("Style", "style", style, {options: {PLUNK: "PLUNK: in Plunk's layout", HTML: "HTML: as it is"}}),
  ], id ? "Save" : "Create", async (values) => {
    const {answer} = await plunk("/campaigns", {method, body: {id, ...values}});
    go(link("campaigns", id ?? answer?.id ?? answer?.data?.id));
    return id ? "Saved." : "The campaign is a draft.";
  });
}

function send({id, recipients}) {
  ask("Send the campaign", [
    field("To", "live", "true", {as: "choice", options: {true: `Its recipients (${number(recipients.length)})`, false: "The members of the project, as a test"}}),
    field("Delay in minutes", "delay", "", {as: "number", type: "number", min: 0, hint: "On the project's clock. Empty: at once. A test is not delayed."}),
  ], "Send", async (values) => {
    const {request} = await plunk("/campaigns/send", {body: {id, ...values}});
    return {words: values.live && values.delay ? "It is scheduled." : "It is sent.", link: call(request)};
  });
}
