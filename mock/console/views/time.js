// The clock of the project, and what is scheduled.

import {control} from "../api.js";
import {due, move, moving, runTo, sent, task, tick} from "../clock.js";
import {button, fill, h} from "../dom.js";
import {field, form} from "../form.js";
import {fullTime, number, span} from "../format.js";
import {LongList} from "../list.js";
import {link} from "../route.js";
import {onChange, redraw} from "../records.js";
import {later, now, session, signals} from "../session.js";
import {announce} from "../toast.js";

const rowHeight = 62;
const steps = {"1 min": "1m", "10 min": "10m", "1 hour": "1h", "1 day": "1d", "7 days": "7d", "30 days": "30d"};

export default function view() {
  const clock = h("section", {class: "sheet clock", "aria-label": "The clock"});
  const moved = h("section", {class: "sheet", id: "moved", "aria-label": "The last move", hidden: true});
  const {sheet, list, next} = schedule();
  const element = h("div", {class: "page"}, h("h1", {}, "Time"), clock, moves(), moved, sheet);
  const draw = () => session.clock && drawClock(clock);
  const refresh = later(() => list.read(), 300);
  draw();
  refresh();
  const stops = [onChange(refresh), signals.on("time", draw), signals.on("moved", (result) => drawMoved(moved, result))];
  const timer = setInterval(() => {
    if (session.clock?.mode === "live") clock.querySelector("time").textContent = fullTime(now());
    tick(element);
  }, 1000);
  const step = async (by) => {
    await list.move(by);
    list.focus();
  };
  return {
    element, title: "Time",
    keys: {
      j: () => step(1), k: () => step(-1), n: next, o: () => list.ul.querySelector(".at a")?.click(),
      help: [["j", "Next task"], ["k", "Previous task"], ["o", "Show its contact"], ["n", "Run the next one"]],
    },
    close() {
      stops.forEach((stop) => stop());
      clearInterval(timer);
      list.close();
    },
  };
}

function drawClock(element) {
  const frozen = session.clock.mode === "frozen";
  const ahead = Math.round((now() - Date.now()) / 1000) * 1000;
  const from = ahead === 0 ? "The real time." : `${span(Math.abs(ahead))} ${ahead > 0 ? "ahead of" : "behind"} the real time.`;
  redraw(element,
    h("div", {class: "grow"}, h("time", {class: "big"}, fullTime(now())), h("p", {class: "soft"}, from)),
    h("span", {class: "chip " + (frozen ? "warn" : "good")}, session.clock.mode),
    frozen ? button("Resume", {icon: "start", onclick: () => move("resume")}) : button("Freeze", {icon: "pause", onclick: () => move("freeze")}));
}

// moves is the ways to move the clock: by what is offered, or as is typed.
function moves() {
  return h("section", {class: "sheet"}, h("h2", {}, "Move the clock"),
    h("div", {class: "buttons"}, Object.entries(steps).map(([words, by]) => button("+ " + words, {onclick: () => move("advance", {by})}))),
    form(field("By a duration, or to a time", "to", "", {placeholder: "1d12h", hint: "1d12h, 90m, 30s, or 2030-01-31 12:00 in the time zone of this browser. All that falls due on the way is sent, each at its own time."}),
      "Move", async ({to}) => {
        const time = moment(to.trim());
        await (time ? moving("set", {at: time.toISOString()}) : moving("advance", {by: to.replaceAll(" ", "")}));
      }));
}

// moment reads a time, null when text is a duration. A browser takes a day alone for one
// of UTC, and February 30 for one in March.
function moment(text) {
  if (!/^\d{4}-/.test(text)) return null;
  const [, year, month, day, rest] = text.match(/^(\d{4})-(\d\d)-(\d\d)(?:[T ]+(.+))?$/i) ?? [];
  const time = new Date(`${year}-${month}-${day}T${rest?.replace(/^\d:/, "0$&") ?? "00:00"}`);
  if (isNaN(time) || new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== Number(day)) throw new Error(`${text} is not a time such as 2030-01-31 12:00.`);
  return time;
}

let drawn; // the last move

// drawMoved says what a move has sent, and why it stopped on the way.
async function drawMoved(element, clock) {
  drawn = clock;
  const {messages, message} = clock;
  const words = `It is ${fullTime(clock.now)}. ${sent(clock)}`;
  announce(message ?? words);
  element.hidden = false;
  fill(element, h("h2", {}, message ? "The clock stopped on the way" : "The clock was moved"),
    message && h("p", {class: "bad"}, message), h("p", {}, words));
  const mails = await Promise.all(messages.slice(0, 20).map((id) => control("/inbox/messages/" + id).catch(() => ({id, subject: id, to: "?"}))));
  if (drawn !== clock) return; // it was moved again
  element.append(h("ul", {class: "items"}, mails.map((m) => h("li", {}, h("a", {href: link("inbox", m.id)}, m.subject || "(no subject)"), h("span", {class: "soft"}, "to ", m.to)))));
  if (messages.length > mails.length) element.append(h("a", {href: link("inbox")}, `All ${number(messages.length)} are in the inbox`));
}

// schedule is the sheet of what is scheduled.
function schedule() {
  let first;
  const next = () => first && runTo(first);
  const count = h("span", {class: "soft"});
  const run = button("Run the next one", {icon: "start", class: "main", onclick: next});
  const list = new LongList({
    rowHeight, name: "Scheduled", id: (t) => t.id,
    row: (t) => h("div", {class: "task"}, h("span", {class: "cut"}, due(t)), task(t), button(`Run up to ${fullTime(t.due)}, ${t.email}`, {icon: "start", quiet: true, title: "Run up to here", onclick: () => runTo(t)})),
    empty: () => h("p", {class: "empty"}, "Nothing is scheduled. Automations with a delay and campaigns that are sent later stand here."),
    fetch: async (offset, limit, signal) => {
      const {tasks, total} = await control("/schedule", {query: {offset, limit}, signal});
      if (offset === 0) [first] = tasks;
      run.disabled = total === 0;
      count.textContent = number(total);
      list.element.style.height = total ? Math.min(total * rowHeight, 500) + "px" : "auto";
      return {items: tasks, total};
    },
  });
  return {list, next, sheet: h("section", {class: "sheet"}, h("div", {class: "bar"}, h("h2", {}, "Scheduled"), count, h("span", {class: "grow"}), run), list.element)};
}
