// The fields of one step of a rule.

import {button, h} from "../dom.js";

const outcomes = [
  ["pass", "The real answer"], ["status", "An error"], ["before", "Cut off before anything happens"], ["after", "Carried out, then cut off"], ["rateLimit", "A rate limit"],
];

function outcomeOf({status, code, drop, rateLimit}) {
  if (status != null || code != null) return "status";
  return drop ?? (rateLimit ? "rateLimit" : "pass");
}

// become gives a step another outcome, and takes away what does not go with it.
function become(step, outcome, smtp) {
  const {delay, body, contentType, truncate, dribble, headers} = step;
  for (const name of Object.keys(step)) delete step[name];
  const answer = outcome === "status" || outcome === "pass" ? {body, contentType, truncate, dribble, headers} : {};
  const own = {pass: {pass: true}, status: {[smtp ? "code" : "status"]: smtp ? 451 : 500}, before: {drop: "before"}, after: {drop: "after"}, rateLimit: {rateLimit: {requests: 20, per: "1s"}}};
  Object.assign(step, JSON.parse(JSON.stringify({delay, ...answer, ...own[outcome]}))); // without what is undefined
}

const delays = {none: undefined, fixed: "2s", uniform: {uniform: ["50ms", "2s"]}, lognormal: {lognormal: {median: "90ms", sigma: 0.4}}};

function delayOf(delay) {
  if (delay == null) return "none";
  return typeof delay === "object" ? Object.keys(delay)[0] : "fixed";
}

// stepFields shows a step of a form; at is where it stands in the rule.
export function stepFields(form, group, at, i) {
  const {groups} = form.draft;
  const {step} = group;
  const outcome = outcomeOf(step);
  const choose = (label, id, choices, value, onchange) => h("label", {class: "field"}, h("span", {}, label),
    h("select", {id, onchange: (event) => { onchange(event.target.value); form.drawForm(); }}, choices.map(([v, words]) => h("option", {value: v, selected: v === value}, words))));
  const move = (by) => { groups.splice(i + by, 0, ...groups.splice(i, 1)); form.drawForm(); };
  const wrong = form.errors[at.slice(0, -1)];
  return h("fieldset", {class: "step"}, h("legend", {class: "unseen"}, `Step ${i + 1}`),
    h("div", {class: "bar"}, h("b", {}, `Step ${i + 1}`), h("span", {class: "grow"}),
      i > 0 && button(`Step ${i + 1} up`, {icon: "up", quiet: true, onclick: () => move(-1)}),
      i < groups.length - 1 && button(`Step ${i + 1} down`, {icon: "below", quiet: true, onclick: () => move(1)}),
      groups.length > 1 && button(`Remove step ${i + 1}`, {icon: "trash", quiet: true, onclick: () => { groups.splice(i, 1); form.drawForm(); }})),
    h("div", {class: "grid"},
      choose("The client sees", `rule-outcome-${i}`, outcomes, outcome, (value) => become(step, value, form.smtp)),
      outcome !== "rateLimit" && form.field(group, "n", "So many times", {at: `group${i}.`, number: true}),
      outcome === "status" && errorFields(form, step, at),
      outcome === "rateLimit" && [
        form.field(step.rateLimit, "requests", "Calls", {at: at + "rateLimit.", number: true}),
        form.field(step.rateLimit, "per", "In each", {at: at + "rateLimit.", placeholder: "1s"}),
        form.field(step.rateLimit, "burst", "At once", {at: at + "rateLimit.", number: true, hint: "As many as above, else"})],
      choose("First, wait", `rule-delay-${i}`, [["none", "not at all"], ["fixed", "always as long"], ["uniform", "between two"], ["lognormal", "as networks do"]], delayOf(step.delay), (value) => {
        if (value === "none") delete step.delay;
        else step.delay = structuredClone(delays[value]);
      }),
      delayFields(form, step, at)),
    wrong && h("p", {class: "bad small"}, wrong),
    !form.smtp && (outcome === "status" || outcome === "pass") && answerFields(form, step, at, i));
}

function errorFields(form, step, at) {
  if (form.smtp) {
    return [form.field(step, step.status == null ? "code" : "status", "Code", {at, number: true, placeholder: "451"}),
      form.field(step, "enhancedCode", "Enhanced code", {at, placeholder: "4.7.1"}), form.field(step, "message", "Message", {at})];
  }
  return [form.field(step, "status", "Status", {at, number: true, placeholder: "400 to 599"}),
    form.field(step, "message", "Message", {at, placeholder: "as Plunk says it"}),
    form.field(step, "retryAfter", "Retry-After", {at, placeholder: "30, or 2m", read: (text) => (/^\d+$/.test(text.trim()) ? Number(text) : text)})];
}

function delayFields(form, step, at) {
  const {delay} = step;
  switch (delayOf(delay)) {
    case "none": return null;
    case "fixed": return form.field(step, "delay", "Delay", {at, placeholder: "250ms"});
    case "uniform": return [form.field(delay.uniform, 0, "At least", {at: at + "delay.uniform."}), form.field(delay.uniform, 1, "At most", {at: at + "delay.uniform."})];
    default: return [
      form.field(delay.lognormal, "median", "Half are shorter than", {at: at + "delay.lognormal."}),
      form.field(delay.lognormal, "sigma", "Sigma", {at: at + "delay.lognormal.", number: true, hint: "0 to 5: how far they scatter"}),
    ];
  }
}

// answerFields are about the answer itself; they are folded away unless one is used.
function answerFields(form, step, at, i) {
  const used = ["truncate", "dribble", "body", "contentType", "headers"].some((name) => step[name] != null || form.errors[at + name]);
  const open = used || form.unfolded?.has(i);
  return h("details", {open, ontoggle: (event) => { (form.unfolded ??= new Set())[event.target.open ? "add" : "delete"](i); }},
    h("summary", {}, "Body and headers of the answer"),
    h("div", {class: "grid"},
      form.field(step, "truncate", "Cut after bytes", {at, number: true}),
      form.field(step, "dribble", "Bytes a second", {at, number: true, hint: "A slow body"}),
      form.field(step, "contentType", "Content-Type of another body", {at, placeholder: "text/html"}),
      form.field(step, "body", "Another body", {at, area: true}),
      form.field(step, "headers", "Headers, one a line", {
        at, area: true, placeholder: "X-Reason: maintenance",
        read: (text) => Object.fromEntries(text.split("\n").filter((row) => row.trim()).map((row) => row.split(/:\s*(.*)/s).slice(0, 2)).map(([name, value = ""]) => [name.trim(), value])),
        write: (value) => Object.entries(value).map(([name, text]) => `${name}: ${text}`).join("\n"),
      })));
}
