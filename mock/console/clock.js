// Moving the clock of the project, and what is scheduled.

import {control} from "./api.js";
import {button, h} from "./dom.js";
import {called} from "./form.js";
import {distance, fullTime, many, number} from "./format.js";
import {link} from "./route.js";
import {readClock, signals} from "./session.js";
import {announce, toast} from "./toast.js";

// move moves the clock, and says so when that is refused: move("advance", {by: "1h"}).
export function move(how, body) { return called(() => moving(how, body)); }

// moving moves the clock, or fails. What came of it is told as "moved": the clock, and
// the message that says what stopped it on the way.
export async function moving(how, body) {
  const clock = await control("/clock/" + how, {method: "POST", body}).catch((error) => {
    if (error.status !== 409) throw error;
    return error.body;
  });
  readClock();
  if (!body && clock.ran === 0) {
    announce(how === "freeze" ? "The clock is frozen." : "The clock runs again.");
    return;
  }
  signals.tell("moved", clock);
  if (document.getElementById("moved")) return; // it is said there
  toast(clock.message ?? `It is ${fullTime(clock.now)}. ${sent(clock)}`, {
    bad: Boolean(clock.message), link: clock.messages.length > 0 && {label: "See the first", address: link("inbox", clock.messages[0])},
  });
}

export function sent({messages}) { return messages.length ? `${many(messages.length, "mail")} sent.` : "No mail was due."; }

// runTo runs a task, and all that is due before it.
export function runTo(task) { return move("set", {at: task.due}); }

// due says when a task will run, and how far that is; tick keeps it right.
export function due(task) {
  return [h("time", {datetime: task.due, "data-due": true}, distance(task.due)), " ", h("span", {class: "soft small"}, fullTime(task.due))];
}

export function tick(root) {
  for (const time of root.querySelectorAll("[data-due]")) time.textContent = distance(time.dateTime);
}

// task says what a task will do, with the ways to what it is of.
export function task({label, automation, campaign, contact, email}) {
  const address = automation ? link("automations", automation) : link("campaigns", campaign);
  return h("span", {class: "cut"}, h("a", {href: link("contacts", contact)}, email), " · ", h("a", {href: address}, label.replace(/ to \S+$/, "")));
}

// tasks is a section of what is scheduled for something, tasks({contact: id}); false
// when nothing is.
export async function tasks(query) {
  const {tasks: list, total} = await control("/schedule", {query: {limit: 20, ...query}});
  return total > 0 && h("section", {},
    h("div", {class: "bar"}, h("h2", {}, `Scheduled (${number(total)})`), h("span", {class: "grow"}), button("Run the next one", {icon: "start", onclick: () => runTo(list[0])})),
    h("ul", {class: "items"}, list.map((t) => h("li", {}, h("span", {}, due(t)), task(t)))),
    total > list.length && h("a", {href: link("time")}, "All that is scheduled"));
}
