// What all views share: the project that is shown, the server, what is active in it.

import {server, control} from "./api.js";
import {current} from "./route.js";

// Signals tells listeners by name.
class Signals {
  #listeners = new Map();

  // on calls f whenever name is told; what it answers takes f away again.
  on(name, f) {
    if (!this.#listeners.has(name)) this.#listeners.set(name, new Set());
    this.#listeners.get(name).add(f);
    return () => this.#listeners.get(name).delete(f);
  }

  tell(name, data) {
    for (const f of [...(this.#listeners.get(name) ?? [])]) f(data);
  }
}

// signals carries the events of the stream under the names that they have there
// (message, changed, deleted, reset, request, fault, faults, clock), and those of the
// console: resync (all that is shown may be old), connection, back (after it was broken), projects, rules, time,
// counts.
export const signals = new Signals();

export const session = {
  project: "test",
  projects: [],
  info: null, // what GET /_mock/ says
  rules: [], // the faults of the project
  clock: null, // what GET /_mock/clock says, and the moment when it said so
  counts: {total: 0, unread: 0}, // of the inbox
  connected: true,

  // secretKey is the key that the app under test would use.
  secretKey() {
    return this.projects.find((p) => p.name === this.project)?.secretKey ?? "sk_" + this.project;
  },

  publicKey() {
    return this.projects.find((p) => p.name === this.project)?.publicKey ?? "pk_" + this.project;
  },
};

// enter shows the project that the address names.
export function enter() {
  const name = current().params.get("project") || "test";
  const other = name !== session.project;
  session.project = name;
  return other;
}

// later joins calls that come in one burst: f runs after the first, and once more
// after the last of those that came while it ran or rested.
export function later(f, rest = 150) {
  let running = false;
  let again = false;
  return async function run() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      await f();
    } catch { /* the next signal tries again; the connection's state is shown elsewhere */ }
    setTimeout(() => {
      running = false;
      if (again) {
        again = false;
        run();
      }
    }, rest);
  };
}

export const readProjects = later(async () => {
  session.projects = (await server("/projects")).projects;
  signals.tell("projects");
});

export const readInfo = later(async () => {
  session.info = await server("/");
  signals.tell("projects");
});

export const readRules = later(async () => {
  session.rules = (await control("/faults")).faults;
  signals.tell("rules");
});

export const readClock = later(async () => {
  session.clock = {...await control("/clock"), asked: Date.now()};
  signals.tell("time");
});

export const readCounts = later(async () => {
  const {total, unread, dropped} = await control("/inbox/messages", {query: {limit: 0}});
  session.counts = {total, unread, dropped};
  signals.tell("counts");
});

// now is the time in the project.
export function now() {
  const {clock} = session;
  if (!clock) return new Date();
  const since = clock.mode === "live" ? Date.now() - clock.asked : 0;
  return new Date(Date.parse(clock.now) + since);
}
