// The project: its keys, settings and state; the other projects; and the server.

import {address, control, server} from "../api.js";
import {button, fill, h} from "../dom.js";
import {ask, check, field, form} from "../form.js";
import {fullTime, number} from "../format.js";
import {current, go, link} from "../route.js";
import {facts, redraw} from "../records.js";
import {later, readProjects, session, signals} from "../session.js";
import {copy} from "../toast.js";

const sheet = (title, ...children) => h("section", {class: "sheet"}, h("h2", {}, title), children);

export default function view() {
  const keysAt = h("section", {class: "sheet"});
  const own = h("div", {class: "page-part"});
  const table = h("div", {class: "scroll"});
  const about = h("div", {});
  const search = h("input", {type: "search", placeholder: "Search projects", "aria-label": "Search projects", value: current().params.get("q"),
    oninput: later(async () => go(link("project", "", {q: search.value}), {replace: true}), 120)});
  let shown = ""; // the settings in the form: what is typed there stays while they are the same
  const draw = () => {
    redraw(keysAt, keys());
    redraw(table, projects(search.value.toLowerCase()));
    if (session.info) fill(about, serverFacts(session.info));
  };
  const read = later(async () => {
    const settings = await control("/settings");
    if (shown === JSON.stringify(settings)) return;
    shown = JSON.stringify(settings);
    fill(own, sheet("Settings", settingsForm(settings)), state());
  });
  read();
  draw();
  readProjects();
  const stops = [["projects", draw], ["message", readProjects], ["request", readProjects], ["resync", read]].map(([name, f]) => signals.on(name, f));
  return {
    element: h("div", {class: "page"}, h("h1", {class: "cut"}, "Project ", session.project), keysAt, own,
      sheet("All projects", h("div", {class: "bar"}, h("div", {class: "grow"}, search), button("New project", {icon: "plus", onclick: add})), table),
      sheet("The server", about)),
    update: draw,
    close() { stops.forEach((stop) => stop()); },
  };
}

function keys() {
  if (session.info?.keys === "strict" && !session.projects.some(({name}) => name === session.project)) {
    return [h("h2", {}, "Keys"), h("p", {class: "bad"}, `There is no project ${session.project}: with strict keys one has to be made first.`)];
  }
  const of = {PLUNK_BASE_URL: location.origin + "/v1/", PLUNK_SECRET_KEY: session.secretKey(), PLUNK_PUBLIC_KEY: session.publicKey()};
  const lines = Object.entries(of).map((pair) => pair.join("=")).join("\n");
  const shown = Object.entries(of).map(([name, value]) => [name, [h("code", {}, value), " ", button("Copy " + value, {icon: "copy", quiet: true, onclick: () => copy(value, value)})]]);
  return [h("h2", {}, "Keys"), facts(Object.fromEntries(shown)), h("div", {class: "buttons"}, button("Copy as lines of an .env file", {icon: "copy", onclick: () => copy(lines, "the lines")}))];
}

function settingsForm({displayName, sender, domains, verified, members}) {
  return form([h("div", {class: "wide"},
    field("Display name", "displayName", displayName, {hint: "Whom mail comes from when a call names no one."}),
    field("Sender", "sender", sender, {hint: "The address that it comes from."}),
    field("Domains", "domains", domains.join("\n"), {rows: 3, as: "list", hint: "To send from, one a line. None: every one is allowed."}),
    field("Members", "members", members.join("\n"), {rows: 3, as: "list", hint: "Who gets the tests of campaigns."})),
  check("The domain of the sender is verified", "verified", verified)], "Save", async (body) => {
    await control("/settings", {method: "PATCH", body});
    return "The settings are saved.";
  });
}

function state() {
  const exports = {"Export as JSON": {}, "Export as YAML": {format: "yaml"}, "Export with mails": {messages: true}};
  return sheet("State", h("p", {class: "soft"}, "All that the project holds is a file, which is also a fixture."),
    h("div", {class: "buttons"},
      Object.entries(exports).map(([words, query]) => h("a", {class: "button", href: address("/state", query), download: `${session.project}.${query.format ?? "json"}`}, words)),
      button("Import a file…", {onclick: pick}),
      button("Reset the project…", {icon: "undo", class: "danger", onclick: reset}),
      button("Delete the project…", {icon: "trash", class: "danger", onclick: remove})));
}

function add() {
  ask("New project", field("Name", "name", "", {hint: "Letters, digits, - and _. Empty: the server chooses one."}), "Create", async ({name}) => {
    const made = await server("/projects", {method: "POST", body: name ? {name} : {}});
    go(link("project", "", {project: made.name}));
    return `The project ${made.name} is there.`;
  });
}

const parts = "settings contacts events templates automations campaigns tasks messages requests faults clock".split(" ");

function reset() {
  ask(`Reset ${session.project}?`, [
    h("p", {}, "It goes back to its start: its fixture, or empty. Its mails, contacts, calls, what is scheduled (tasks) and all else go, but for what you keep:"),
    h("fieldset", {class: "checks"}, h("legend", {class: "unseen"}, "Keep"), parts.map((part) => check(part, part, false))),
  ], "Reset it", async (values) => {
    await control("/reset", {method: "POST", body: {keep: parts.filter((part) => values[part])}});
    return "The project is at its start again.";
  }, true);
}

function remove() {
  const name = session.project;
  const then = session.info?.keys === "strict" ? "Its keys are refused from now on." : "The next call with its key makes it again, empty.";
  ask(`Delete ${name}?`, h("p", {}, "The project goes with all that it holds. ", then), "Delete it", async () => {
    await server("/projects/" + name, {method: "DELETE"});
    go(link("project", "", {project: ""}));
    readProjects();
    return `${name} is deleted.`;
  }, true);
}

// pick lets a file be chosen, and asks before it takes the place of the project.
function pick() {
  const input = h("input", {type: "file", accept: ".json,.yaml,.yml", onchange: async () => {
    const [file] = input.files;
    const body = await file.text();
    const json = /^\s*\{/.test(body);
    const parsed = () => {
      try {
        return JSON.parse(body);
      } catch (error) {
        throw new Error(`${file.name} is not JSON that can be read: ${error.message}`);
      }
    };
    ask(`Import ${file.name}?`, h("p", {}, `It takes the place of all that ${session.project} holds, its mails included.`), "Import it", async () => {
      await control("/state", {method: "PUT", body: json ? parsed() : body, type: json ? undefined : "application/yaml"});
      return `The project is as ${file.name} says.`;
    }, true);
  }});
  input.click();
}

function projects(wanted) {
  const found = session.projects.filter((p) => p.name.toLowerCase().includes(wanted));
  const row = ({name, messages, requests, lastUsed, secretKey}) => h("tr", {},
    h("td", {}, h("a", {href: link("project", "", {project: name}), "aria-current": name === session.project && "true"}, name)),
    h("td", {}, number(messages)), h("td", {}, number(requests)), h("td", {class: "soft small"}, fullTime(lastUsed)),
    h("td", {}, button("Copy " + secretKey, {icon: "key", quiet: true, onclick: () => copy(secretKey, secretKey)})));
  return [
    h("table", {class: "table"},
      h("thead", {}, h("tr", {}, ["Name", "Mails", "Calls", "Last used", "Key"].map((name) => h("th", {scope: "col"}, name)))),
      h("tbody", {}, found.slice(0, 100).map(row))),
    found.length > 100 && h("p", {class: "soft"}, `${number(found.length - 100)} more: search for them.`),
  ];
}

function serverFacts({version, http, https, smtp, smtps, proxy, profile, envelope, keys, seed, limits}) {
  const sizes = Object.entries(limits).map(([name, n]) => `${name} ${typeof n === "number" ? number(n) : n}`);
  return facts({
    Version: version, HTTP: http, HTTPS: https, SMTP: smtp, "SMTP with TLS": smtps, Proxy: proxy, Profile: `${profile}, envelope ${envelope}`,
    Keys: keys === "open" ? "open: any key opens a project" : "strict: only declared keys", Seed: seed ?? "random", Limits: sizes.join(" · "),
    Documents: [h("a", {href: "/openapi.yaml"}, "Plunk's API"), ", ", h("a", {href: "/_mock/openapi.yaml"}, "the control API")],
  });
}
