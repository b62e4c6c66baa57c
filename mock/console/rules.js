// What is done with the rules of faults, from wherever they are shown.

import {control} from "./api.js";
import {h} from "./dom.js";
import {sentence} from "./faultwords.js";
import {many, number} from "./format.js";
import {readRules, session, signals} from "./session.js";
import {announce, tried} from "./toast.js";
import {deleteLater} from "./undo.js";

const hidden = new Set(); // ids of rules that wait to be deleted

export const shownRules = () => session.rules.filter(({id}) => !hidden.has(id));

// counts says how often a rule was met.
export function counts({matched, struck, left}) {
  return `${number(matched)} matched, ${number(struck)} struck` + (left == null ? "" : `, ${number(left)} left`);
}

export const active = (rule) => rule.enabled && rule.left !== 0;

// toggle is a switch; its name says for what.
export function toggle(name, on, onclick) {
  return h("button", {type: "button", role: "switch", class: "toggle", "aria-checked": String(on), "aria-label": name, onclick});
}

// put changes a rule in its place.
export async function put(rule, change) {
  const {left, ...whole} = rule;
  const made = await tried(() => control("/faults/" + encodeURIComponent(rule.id), {method: "PUT", body: {...whole, ...change}}));
  readRules();
  return made;
}

// switchTo lets a rule of a project rest or go on, with what it has counted.
function switchTo({id}, enabled, project = session.project) {
  return control("/faults/" + encodeURIComponent(id), {method: "PATCH", query: {project}, body: {enabled}});
}

// switchRule lets a rule rest or go on; one that has ended begins anew.
export async function switchRule(rule) {
  const on = !active(rule);
  const done = on && rule.left === 0 ? await put(rule, {enabled: true, matched: 0, struck: 0}) : await tried(() => switchTo(rule, on));
  readRules();
  if (done) announce(`${on ? "On" : "Off"}: ${sentence(rule)}`);
}

const rested = new Set(); // ids of the rules that were switched off all at once

// restingRules are those, if nothing else has become of them.
export const restingRules = () => shownRules().filter((rule) => rested.has(rule.id) && !rule.enabled);

// switchAll lets all rules that are active rest, or those go on that it let rest.
export async function switchAll() {
  const on = shownRules().filter(active);
  const rules = on.length > 0 ? on : restingRules();
  if (on.length > 0) rested.clear();
  for (const {id} of on) rested.add(id);
  await tried(() => Promise.all(rules.map((rule) => switchTo(rule, on.length === 0))));
  readRules();
  announce(on.length > 0 ? "Nothing goes wrong on purpose now." : `${many(rules.length, "fault")} on.`);
}

// removeRules ends rules at once, and deletes them when that was not undone.
export async function removeRules(rules) {
  const {project} = session;
  const each = (f) => Promise.all(rules.map(f));
  const path = ({id}) => "/faults/" + encodeURIComponent(id);
  deleteLater({
    text: rules.length === 1 ? `Deleted “${sentence(rules[0])}”.` : `Deleted ${many(rules.length, "fault")}.`,
    hide() {
      rules.forEach(({id}) => hidden.add(id));
      signals.tell("rules");
      tried(() => each((rule) => rule.enabled && switchTo(rule, false, project)));
    },
    async restore() {
      rules.forEach(({id}) => hidden.delete(id));
      await tried(() => each((rule) => rule.enabled && switchTo(rule, true, project)));
      readRules();
    },
    async send(options) {
      await each((rule) => control(path(rule), {method: "DELETE", query: {project}, ...options}).catch((error) => { if (error.status !== 404) throw error; }));
      rules.forEach(({id}) => hidden.delete(id));
      readRules();
    },
  });
}
