// The contacts: what is known of each, and what has happened to it. They are changed
// as an app changes them, by the Plunk API.

import {control, plunk} from "../api.js";
import {body} from "../body.js";
import {tasks} from "../clock.js";
import {button, h, icon} from "../dom.js";
import {ask, called, check, field} from "../form.js";
import {fullTime} from "../format.js";
import {current, go, link} from "../route.js";
import {chip, erase, facts, find, head, line, mail, records, section, some} from "../records.js";
import {tried} from "../toast.js";
import {track} from "./events.js";

const json = (value) => JSON.stringify(value, null, 2);

export default function view() {
  return records("contacts", {
    search: "Search by address or id", show, id: (c) => c.id,
    row: (c) => [line(c.email, state(c)), h("span", {class: "soft small cut"}, summary(c.data) || "no data")],
    empty: "No contacts yet. Whoever is mailed becomes one, and whoever an event is tracked for.",
    add: button("New contact", {icon: "plus", onclick: add}),
  });
}

function state({subscribed}) { return subscribed ? chip("subscribed", "good") : chip("unsubscribed"); }

function summary(data) {
  return Object.entries(data).slice(0, 20).map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`.slice(0, 200)).join(" · ");
}

async function show(idOrEmail) {
  const {id} = await find("contacts", idOrEmail);
  const q = current().params.get("q");
  if (id !== idOrEmail) go(link("contacts", id, {q}), {replace: true});
  const {contact, events, messages} = await control("/contacts/" + encodeURIComponent(id));
  const {email, subscribed, data} = contact;
  const to = subscribed ? "unsubscribe" : "subscribe";
  return [
    head(email, state(contact),
      button("Edit", {onclick: () => edit(id)}),
      button(subscribed ? "Unsubscribe" : "Subscribe", {onclick: () => called(() => plunk("/contacts/" + to, {body: {id}}), `${email} is ${to}d.`)}),
      button("Track an event", {icon: "events", onclick: () => track({email})}),
      button("Delete", {icon: "trash", class: "danger", onclick: () => erase("contacts", id, email, "Its data, its events and what is scheduled for it go. Its mails stay in the inbox.")})),
    facts({Id: h("code", {}, id), Created: fullTime(contact.createdAt), Updated: fullTime(contact.updatedAt)}),
    section("Data", body(json(data))),
    await tasks({contact: id}),
    section("History", h("div", {class: "history"}, some(history(contact, events, messages), happened, 100))),
  ];
}

// history is all that happened, newest first. What happened in the same moment stands
// in the order in which one leads to the other.
function history({createdAt}, events, messages) {
  return [
    {time: createdAt, sort: "plus", what: "Created"},
    ...events.map(({name, time}) => ({time, sort: "events", what: ["Event ", name === "" ? "without a name" : h("a", {href: link("events", name)}, name)]})),
    ...messages.reverse().map((m) => ({time: m.time, sort: "inbox", what: mail(m)})),
  ].sort((a, b) => Date.parse(a.time) - Date.parse(b.time)).reverse();
}

function happened({time, sort, what}) {
  return h("li", {}, icon(sort), h("span", {class: "grow"}, what), h("time", {class: "soft small"}, fullTime(time)));
}

function add() {
  ask("New contact", [
    field("Email", "email", "", {as: "word"}), check("Subscribed", "subscribed", true),
    field("Data", "data", "", {rows: 5, as: "json", hint: "A JSON object. Variables such as {{name}} take their values from it."}),
  ], "Create", async (values) => {
    const {answer} = await plunk("/contacts", {body: values});
    go(link("contacts", answer?.id ?? answer?.data?.id ?? values.email.toLowerCase()));
    return `${values.email} is a contact.`;
  });
}

// edit asks for the contact anew: what the form leaves out is deleted, so it has to show
// all that there is.
async function edit(id) {
  const found = await tried(() => control("/contacts/" + encodeURIComponent(id)));
  if (!found) return;
  const {email, subscribed, data} = found.contact;
  ask("Edit " + email, [
    field("Email", "email", email, {as: "word"}), check("Subscribed", "subscribed", subscribed),
    field("Data", "data", json(data), {rows: 8, as: "json", hint: "A key that is taken out is sent as null, which deletes it."}),
  ], "Save", async (values) => {
    const changes = {id};
    if (values.email !== email) changes.email = values.email;
    if (values.subscribed !== subscribed) changes.subscribed = values.subscribed;
    if (json(values.data) !== json(data)) changes.data = changed(data, values.data === undefined ? {} : values.data);
    await plunk("/contacts", {method: "PUT", body: changes});
    return "Saved.";
  });
}

// changed is what has to be sent to make one object of data of another. What is not an
// object is for the server to refuse.
function changed(before, after) {
  if (typeof after !== "object" || after === null || Array.isArray(after)) return after;
  const of = (data, key) => (Object.hasOwn(data, key) ? data[key] : undefined); // every object inherits a constructor
  const keys = Object.keys({...before, ...after}).filter((key) => json(of(before, key)) !== json(of(after, key)));
  return Object.fromEntries(keys.map((key) => [key, of(after, key) ?? null]));
}
