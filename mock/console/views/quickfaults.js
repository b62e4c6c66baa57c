// The common faults, each by one click.

import {control} from "../api.js";
import {button, fill, h} from "../dom.js";
import {announced} from "../faultwords.js";
import {go, link} from "../route.js";
import {active, counts, put, removeRules, switchRule, toggle} from "../rules.js";
import {readRules} from "../session.js";
import {toast, tried} from "../toast.js";

const step = (rule) => (rule.steps.length === 1 ? rule.steps[0] : {});
const only = (object, ...names) => Object.keys(object).length === names.length && names.every((name) => name in object);

// error answers a status with each call.
function error(status, name, about) {
  return {name, about, make: () => ({steps: [{status}]}), is: (r) => only(step(r), "status") && step(r).status === status && r.share === 1 && !r.times};
}

const slow = {
  name: "Slow", about: "The answer waits", field: "Delay", start: "2s",
  make: (delay) => ({steps: [{delay}]}), is: (r) => only(step(r), "delay") && typeof step(r).delay === "string" && r.share === 1 && !r.times,
  read: (r) => step(r).delay,
};

const drop = (when, name, about) => ({name, about, make: () => ({steps: [{drop: when}]}), is: (r) => only(step(r), "drop") && step(r).drop === when && r.share === 1 && !r.times});

const limited = (status, name, about) => ({
  name, about, field: "How often", start: "2", number: true,
  make: (n) => ({steps: [{status}], times: Number.isFinite(Number(n)) ? Number(n) : n}), is: (r) => only(step(r), "status") && step(r).status === status && r.share === 1 && r.times > 0,
  read: (r) => String(r.times),
});

const sometimes = (status, name, about) => ({name, about, make: () => ({share: 0.3, steps: [{status}]}), is: (r) => only(step(r), "status") && step(r).status === status && r.share === 0.3 && !r.times});

const ofCalls = [
  error(401, "401", "The key is refused"), error(422, "422", "The body is refused"), limited(429, "429, n times", "Too many requests"), slow,
  drop("before", "Drop before", "Cut off, nothing has happened"), drop("after", "Drop after", "Carried out, then cut off"), sometimes(500, "30 % 500", "The server fails now and then"),
];

const ofMail = [
  error(550, "550", "The mail is refused"), limited(451, "451, n times", "Try again later"), slow,
  drop("before", "Drop before", "Cut off, nothing has happened"), drop("after", "Drop after", "Taken, then cut off"), sometimes(451, "30 % 451", "Refused now and then"),
];

// quickOnes is the sheet of switches: draw(rules, operation) shows what is on for one,
// offer(ids) which operations there are.
export function quickOnes() {
  let smtp = null;
  const picker = h("select", {"aria-label": "For which calls", onchange: () => go(link("faults", "", {for: picker.value}), {replace: true})},
    h("option", {value: ""}, "every operation"));
  const grid = h("div", {class: "quick"});
  const element = h("section", {class: "sheet", "aria-labelledby": "quick-title"},
    h("div", {class: "bar"}, h("h2", {id: "quick-title"}, "One click"), h("label", {class: "for"}, "for ", picker)), grid);
  let cards = [];

  const draw = (rules, operation = picker.value) => {
    if (![...picker.options].some((o) => o.value === operation)) picker.append(h("option", {value: operation}, operation));
    picker.value = operation;
    const isSMTP = picker.value === "smtp";
    if (smtp !== isSMTP) {
      smtp = isSMTP;
      cards = (smtp ? ofMail : ofCalls).map((kind) => card(kind, () => picker.value));
      fill(grid, cards.map((c) => c.element));
    }
    const simple = rules.filter((r) => (r.operation ?? "") === picker.value && !r.method && !r.path && !r.key && !r.email && !r.expires && !r.after && (!r.stage || r.stage === "after DATA"));
    for (const c of cards) c.draw(simple.map(asStatus).find((r) => c.kind.is(r)));
  };
  const offer = (ids) => {
    const {value} = picker;
    fill(picker, h("option", {value: ""}, "every operation"), ids.map((id) => h("option", {value: id}, id)));
    picker.value = value;
  };
  return {element, draw, offer};
}

// asStatus writes the codes of SMTP as the switches have them.
function asStatus(rule) {
  return {...rule, steps: rule.steps.map(({code, ...rest}) => (code ? {status: code, ...rest} : rest))};
}

function card(kind, operation) {
  let rule;
  const input = kind.field && h("input", {
    "aria-label": `${kind.name}: ${kind.field}`, value: kind.start, inputmode: kind.number && "numeric", autocomplete: "off",
    onchange: () => rule && put(rule, {...kind.make(input.value), matched: 0, struck: 0}),
  });
  const press = async () => {
    if (rule) {
      await switchRule(rule);
      return;
    }
    const body = {...kind.make(input?.value.trim()), operation: operation() || null};
    if (await tried(() => control("/faults", {method: "POST", body}))) toast(announced(body));
    readRules();
  };
  const knob = toggle(`${kind.name}: ${kind.about}`, false, press);
  const state = h("span", {class: "soft small"}, kind.about);
  const trash = button(`Delete ${kind.name}`, {icon: "trash", quiet: true, onclick: () => removeRules([rule])});
  const element = h("div", {class: "one"}, knob, h("div", {}, h("b", {}, kind.name), state), input, trash);
  return {
    element, kind,
    draw(found) {
      rule = found;
      const on = Boolean(rule && active(rule));
      element.classList.toggle("on", on);
      knob.setAttribute("aria-checked", String(on));
      state.textContent = rule ? (on ? "" : rule.left === 0 ? "Ended: " : "Off: ") + counts(rule) : kind.about;
      trash.hidden = !rule;
      if (rule && input && document.activeElement !== input) input.value = kind.read(rule);
    },
  };
}
