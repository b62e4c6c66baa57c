// The frame of the console: the bars, which view is shown, and the keyboard.

import {drawBars} from "./bars.js";
import {follow} from "./feed.js";
import {control, server} from "./api.js";
import {button, fill, h} from "./dom.js";
import {keepFocus} from "./focus.js";
import {listen, showKeys} from "./keys.js";
import {current, go, link} from "./route.js";
import {enter, readClock, readCounts, readInfo, readProjects, readRules, session, signals} from "./session.js";
import {complain, toast} from "./toast.js";

// A view is a function of the route that answers
//   element      what is shown
//   update(route) another route of the same view
//   keys         {key: () => …} of its own, and help: [[key, words]] about them
//   close()      lets go of what it listens to
// It is loaded when it is shown first.
const views = {
  inbox: () => import("./views/inbox.js"),
  requests: () => import("./views/requests.js"),
  contacts: () => import("./views/contacts.js"),
  events: () => import("./views/events.js"),
  automations: () => import("./views/automations.js"),
  campaigns: () => import("./views/campaigns.js"),
  time: () => import("./views/time.js"),
  faults: () => import("./views/faults.js"),
  start: () => import("./views/start.js"),
  project: () => import("./views/project.js"),
};

const main = document.getElementById("main");
let shown = null; // the view, under its name

let turn = 0; // of showing: while a view is loaded, another one may be asked for

async function show() {
  const mine = ++turn;
  const route = current();
  const otherProject = enter();
  if (otherProject) beginProject();
  signals.tell("route", route);
  if (shown?.name === route.view && !otherProject) {
    shown.view.update?.(route);
    return;
  }
  shown?.view.close?.();
  shown = null;
  main.dataset.view = route.view;
  const load = Object.hasOwn(views, route.view) && views[route.view];
  if (!load) {
    lone("There is no such view", "The address names ", h("code", {}, location.hash), ". ", h("a", {href: link("inbox")}, "Go to the inbox"), ".");
    return;
  }
  let make;
  try {
    make = (await load()).default;
  } catch {
    if (mine === turn) lone("This view cannot be loaded", "plunkmock does not answer, or is another version by now. ", button("Load the page again", {onclick: () => location.reload()}));
    return;
  }
  if (mine !== turn) return;
  const view = make(current());
  shown = {name: route.view, view};
  fill(main, view.element);
  main.scrollTop = 0;
  if (mine > 1 && document.activeElement === document.body) main.focus(); // who hears the page hears that it is another
}

function lone(heading, ...words) {
  fill(main, h("div", {class: "lone"}, h("h1", {}, heading), h("p", {}, words)));
}

// beginProject reads what the bars show, and follows what happens from then on.
async function beginProject() {
  session.rules = [];
  session.clock = null;
  session.counts = {total: 0, unread: 0};
  const project = session.project;
  try {
    const {cursor} = await control("/inbox/messages", {query: {limit: 0}});
    if (project !== session.project) return;
    follow(cursor);
    // Read after the cursor: what changes from then on is told.
    readRules();
    readClock();
    readCounts();
    readProjects();
  } catch (error) {
    if (project !== session.project) return;
    if (error.status === 404) elsewhere(error);
    else if (error.status === 0 || error.status >= 500) setTimeout(() => project === session.project && beginProject(), 1000);
  }
}

// elsewhere goes to a project that there is: with strict keys the one that is named
// need not be.
async function elsewhere(error) {
  const [first] = (await server("/projects")).projects;
  if (first && !current().params.has("project")) return go(link(current().view, "", {project: first.name}), {replace: true});
  complain(error);
  return go(link("project"), {replace: true});
}

// The stream breaks off as well when the project has gone.
async function lost() {
  try {
    await control("/inbox/messages", {query: {limit: 0}});
  } catch (error) {
    if (error.status === 404) elsewhere(error);
  }
}

// Behind the address there may be another plunkmock by now.
async function compareVersion() {
  const {ok} = await fetch(import.meta.url, {method: "HEAD", cache: "no-store"});
  if (!ok) toast("plunkmock is another version by now.", {lasts: 600_000, action: {label: "Load the page again", run: () => location.reload()}});
}

const jumps = {
  "g i": "inbox", "g r": "requests", "g c": "contacts", "g e": "events", "g a": "automations",
  "g p": "campaigns", "g t": "time", "g f": "faults", "g s": "start",
};

function press(key) {
  const own = shown?.view.keys?.[key];
  if (own) return own() !== false;
  if (jumps[key]) go(link(jumps[key]));
  else if (key === "?") showKeys(shown?.view.keys?.help);
  else if (key === "/") {
    const field = main.querySelector("input[type=search]");
    field?.focus();
    field?.select();
    return Boolean(field);
  } else return false;
  return true;
}

// Problems that no one caught are told, not swallowed.
addEventListener("unhandledrejection", (event) => {
  if (event.reason?.name === "Problem") complain(event.reason);
  if (event.reason?.name === "AbortError" || event.reason?.name === "Problem") event.preventDefault();
});

// The address is a view's, so that a link to a place in the page cannot be in it.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

enter();
drawBars();
keepFocus(main);
readInfo();
beginProject();
show();
addEventListener("hashchange", show);
signals.on("connection", (up) => { if (!up) lost(); });
signals.on("back", () => {
  readInfo();
  compareVersion().catch(() => {}); // gone again: the next return compares
});
listen(press);
// The other views come while there is nothing to do, so that they are there at once.
addEventListener("load", () => setTimeout(() => Object.values(views).forEach((load) => load().catch(() => {})), 500));
