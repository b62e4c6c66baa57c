// The bar at the top and the list of views: what is active is seen on every page.

import {button, fill, h, icon} from "./dom.js";
import {fullTime, many, number} from "./format.js";
import {current, go, link} from "./route.js";
import {active, restingRules, shownRules, switchAll, toggle} from "./rules.js";
import {now, readProjects, session, signals} from "./session.js";
import {toast} from "./toast.js";

// drawBars builds both bars and keeps them up to date.
export function drawBars() {
  drawTop();
  drawNav();
  signals.on("counts", drawTitle);
  signals.on("route", drawTitle);
  applyTheme(theme());
}

function drawTop() {
  const state = h("span", {class: "chip bad", hidden: true, role: "status"}, "Not connected: trying again");
  const {rules, drawRules} = ruleBar();
  const clock = h("a", {class: "chip"});
  const picker = h("select", {
    id: "project", "aria-label": "Project",
    onchange: () => {
      if (picker.value === more) {
        picker.value = session.project;
        go(link("project"));
      } else go(link(current().view === "project" ? "project" : "inbox", "", {project: picker.value === "test" ? "" : picker.value}));
    },
    onpointerdown: readProjects, onfocus: readProjects,
  });
  fill(document.getElementById("top"),
    h("a", {class: "brand", href: link("inbox"), "aria-label": "plunkmock, inbox"}, mark(), h("span", {}, "plunkmock")),
    h("label", {class: "project-picker"}, icon("project"), picker),
    h("span", {class: "grow"}),
    state, rules, clock,
    button("Light or dark", {icon: "moon", quiet: true, onclick: switchTheme}),
    h("a", {class: "button only-icon", href: link("project"), "aria-label": "Project and keys", title: "Project and keys", id: "to-project"}, icon("key")));

  const drawClock = () => {
    clock.href = link("time");
    clock.classList.toggle("warn", session.clock?.mode === "frozen");
    clock.hidden = !session.clock || session.clock.mode === "live" && !moved();
    clock.title = "The clock of the project";
    fill(clock, icon("time"), fullTime(now()), session.clock?.mode === "frozen" && h("span", {class: "soft"}, "frozen"));
  };
  let listed = ""; // a list that is open closes when it is drawn anew
  const drawProjects = () => {
    const names = JSON.stringify([session.project, session.projects.map((p) => [p.name, p.messages])]);
    if (names !== listed) fill(picker, options(), h("option", {value: more}, "Another…"));
    listed = names;
  };
  signals.on("rules", drawRules);
  signals.on("time", drawClock);
  signals.on("projects", drawProjects);
  signals.on("route", () => {
    drawRules();
    drawClock();
    drawProjects();
    document.querySelector(".brand").href = link("inbox");
    document.getElementById("to-project").href = link("project");
  });
  signals.on("connection", (up) => {
    state.hidden = up;
    if (up) toast("Connected again.", {lasts: 2500});
  });
  setInterval(() => session.clock?.mode === "live" && moved() && drawClock(), 1000);
}

// ruleBar says which faults are active, and lets all of them rest.
function ruleBar() {
  const chip = h("a", {class: "chip"});
  const knob = toggle("Faults strike", false, switchAll);
  const rules = h("span", {class: "rule-bar", hidden: true}, knob, chip);
  const drawRules = () => {
    const on = shownRules().filter(active);
    const all = on.length > 0 ? on : restingRules();
    rules.hidden = all.length === 0;
    knob.setAttribute("aria-checked", String(on.length > 0));
    chip.href = link("faults");
    chip.classList.toggle("bad", on.length > 0);
    const struck = all.reduce((n, r) => n + r.struck, 0);
    fill(chip, icon("faults"), `${many(all.length, "fault")} ${on.length > 0 ? "active" : "off"}`, h("span", {class: "soft"}, `${number(struck)} struck`));
  };
  return {rules, drawRules};
}

const more = "\n"; // no project is called so

// moved says whether the project's clock goes differently from the real one.
function moved() { return Math.abs(now() - Date.now()) > 60_000; }

function options() {
  const names = session.projects.map((p) => [p.name, p.messages]);
  if (!names.some(([name]) => name === session.project)) names.push([session.project, 0]);
  return names.map(([name, messages]) => h("option", {value: name, selected: name === session.project},
    messages ? `${name} (${number(messages)})` : name));
}

// drawNav brings the list to life that the page has from the start.
function drawNav() {
  const badge = h("span", {class: "badge"});
  const links = [...document.querySelectorAll("#nav a")].map((a) => [a.dataset.view, a]);
  for (const [view, a] of links) a.prepend(icon(view));
  links[0][1].append(badge);
  signals.on("route", (route) => {
    for (const [view, a] of links) {
      a.href = link(view);
      if (view === route.view) {
        a.setAttribute("aria-current", "page");
        a.scrollIntoView({block: "nearest", inline: "center"});
      } else a.removeAttribute("aria-current");
    }
  });
  signals.on("counts", () => {
    const {unread} = session.counts;
    fill(badge, unread ? [number(unread), h("span", {class: "unseen"}, " unread")] : "");
  });
}

// drawTitle puts what is unread into the window's title and icon.
function drawTitle() {
  const {unread} = session.counts;
  const name = document.querySelector("#nav [aria-current] > span")?.textContent ?? "Project";
  document.title = `${unread ? `(${number(unread)}) ` : ""}${name} · ${session.project} · plunkmock`;
  document.getElementById("favicon").href = favicon(unread);
}

const envelope = "M4 9l12 9 12-9M4 8h24v16H4z";

function mark() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 32 32");
  svg.setAttribute("class", "mark");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", envelope);
  svg.append(path);
  return svg;
}

function favicon(unread) {
  const count = unread > 99 ? "99" : String(unread);
  const dot = unread ? `<circle cx="22" cy="11" r="10" fill="#d3224f"/><text x="22" y="15.5" font-family="sans-serif" font-weight="700" font-size="${count.length > 1 ? 12 : 14}" text-anchor="middle" fill="#fff">${count}</text>` : "";
  return "data:image/svg+xml," + encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="${envelope}" fill="#fff" stroke="#5b3df5" stroke-width="3" stroke-linejoin="round"/>${dot}</svg>`);
}

const themes = ["system", "light", "dark"];

function theme() {
  try {
    return localStorage.getItem("plunkmock-theme") ?? "system";
  } catch {
    return "system"; // storage is blocked
  }
}

function applyTheme(name) {
  document.documentElement.dataset.theme = name;
}

function switchTheme() {
  const next = themes[(themes.indexOf(document.documentElement.dataset.theme) + 1) % themes.length];
  applyTheme(next);
  toast(`Colours: ${next === "system" ? "as the system has them" : next}`, {lasts: 1500});
  try {
    localStorage.setItem("plunkmock-theme", next);
  } catch { /* it lasts as long as the window */ }
}

