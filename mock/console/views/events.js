// The events: how often each was tracked, and which automations it starts.

import {control, plunk} from "../api.js";
import {button, h} from "../dom.js";
import {ask, call, field} from "../form.js";
import {fullTime, many, number, shortTime} from "../format.js";
import {chip, facts, find, head, line, links, mails, records} from "../records.js";

export default function view() {
  return records("events", {
    search: "Search by name", show, id: (e) => e.name || e.id,
    row: (e) => [line(e.name || "(no name)", chip(number(e.count) + " ×")), h("span", {class: "soft small"}, e.lastAt ? "last " + shortTime(e.lastAt) : "never tracked")],
    empty: "No event was tracked yet.",
    add: button("Track one", {icon: "plus", onclick: () => track({})}),
  });
}

async function show(nameOrId) {
  const event = await find("events", nameOrId);
  const {automations} = await control("/automations", {query: {q: event.name, limit: 1000}});
  const having = (list) => links("automations", automations.filter((a) => a[list].some((e) => e.id === event.id)), "and");
  return [
    head(event.name || "(no name)", chip(many(event.count, "time")), button("Track it", {icon: "events", onclick: () => track({event: event.name})})),
    facts({Last: event.lastAt ? fullTime(event.lastAt) : "never", Starts: [having("events"), "no automation"].find((x) => x.length), "Keeps back": having("notevents"), Id: h("code", {}, event.id)}),
    await mails({event: event.id}),
  ];
}

// track asks for an event and tracks it, as an app does.
export async function track({email = "", event = ""}) {
  const {events} = await control("/events", {query: {limit: 100}}).catch(() => ({events: []}));
  ask("Track an event", [
    h("datalist", {id: "event-names"}, events.map((e) => h("option", {value: e.name}))),
    field("Event", "event", event, {list: "event-names"}),
    field("Email", "email", email, {as: "word", hint: "Of the contact. One that is not known is created."}),
    field("Subscribed", "subscribed", "", {as: "choice", options: {"": "As it is; a new contact is subscribed", true: "Subscribed", false: "Unsubscribed"}}),
    field("Data", "data", "", {rows: 4, as: "json", hint: "A JSON object, stored with the contact. {\"value\": …, \"persistent\": false} is for the mail alone."}),
  ], "Track", async (body) => {
    const {request} = await plunk("/track", {body});
    return {words: body.event ? `Tracked ${body.event}.` : "Tracked an event without a name.", link: call(request)};
  });
}
