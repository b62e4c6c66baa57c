// The frame of the console: the bars, which view is shown, and the keyboard.

import {drawBars} from "./bars.js";
import {follow} from "./feed.js";
import {control, server} from "./api.js";
import {fill, h} from "./dom.js";
import {listen, showKeys} from "./keys.js";
import {current, go, link} from "./route.js";
import {enter, readClock, readCounts, readInfo, readProjects, readRules, session, signals} from "./session.js";
import automations from "./views/automations.js";
import campaigns from "./views/campaigns.js";
import contacts from "./views/contacts.js";
import events from "./views/events.js";
import faults from "./views/faults.js";
import inbox from "./views/inbox.js";
import project from "./views/project.js";
import requests from "./views/requests.js";
import start from "./views/start.js";
import time from "./views/time.js";

// A view is a function of the route that answers
//   element      what is shown
//   title        for the window
//   update(route) another route of the same view
//   keys         {key: () => …} of its own, and help: [[key, words]] about them
//   close()      lets go of what it listens to
const views = {inbox, requests, contacts, events, automations, campaigns, time, faults, start, project};

const main = document.getElementById("main");
let shown = null; // the view, under its name

function show() {
  const route = current();
  const otherProject = enter();
  if (otherProject) beginProject();
  const make = views[route.view];
  if (!make) {
    shown?.view.close?.();
    shown = null;
    fill(main, h("div", {class: "lone"}, h("h1", {}, "There is no such view"),
      h("p", {}, "The address names ", h("code", {}, location.hash), ". ", h("a", {href: link("inbox")}, "Go to the inbox"), ".")));
  } else if (shown?.name === route.view && !otherProject) {
    shown.view.update?.(route);
  } else {
    shown?.view.close?.();
    const view = make(route);
    shown = {name: route.view, view};
    fill(main, view.element);
    main.scrollTop = 0;
  }
  main.dataset.view = route.view;
  signals.tell("route", route);
}

// beginProject reads what the bars show, and follows what happens from then on.
async function beginProject() {
  session.rules = [];
  session.clock = null;
  session.counts = {total: 0, unread: 0};
  readRules();
  readClock();
  readCounts();
  readProjects();
  const project = session.project;
  try {
    const {cursor} = await control("/inbox/messages", {query: {limit: 0}});
    if (project === session.project) follow(cursor);
  } catch (error) {
    if (project !== session.project) return;
    if (error.status === 404) elsewhere();
    else setTimeout(beginProject, 1000);
  }
}

// elsewhere goes to a project that there is: with strict keys the one that is named
// need not be.
async function elsewhere() {
  const [first] = (await server("/projects")).projects;
  if (first && !current().params.has("project")) go(link(current().view, "", {project: first.name}), {replace: true});
  else go(link("project"), {replace: true});
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
  if (event.reason?.name === "AbortError" || event.reason?.name === "Problem") event.preventDefault();
});

enter();
drawBars();
readInfo();
beginProject();
show();
addEventListener("hashchange", show);
listen(press);
