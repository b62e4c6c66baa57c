// What goes wrong on purpose: switches for the common faults, and all the rules.

import {button, fill, h, icon} from "../dom.js";
import {line, sentence} from "../faultwords.js";
import {operations} from "../operations.js";
import {go, link} from "../route.js";
import {active, counts, removeRules, shownRules, switchRule, toggle} from "../rules.js";
import {readRules, signals} from "../session.js";
import {ruleForm} from "./fault.js";
import {quickOnes} from "./quickfaults.js";

export default function view(route) {
  const element = h("div", {class: "page faults"});
  let form = null;
  let operation = "";
  const list = h("section", {class: "sheet", "aria-labelledby": "rules-title"});
  const quick = quickOnes();

  const drawList = () => {
    const rules = shownRules();
    fill(list,
      h("div", {class: "bar"}, h("h2", {id: "rules-title"}, "All faults"), h("span", {class: "soft small"}, rules.length > 1 && "Tried in this order; the first that strikes decides."),
        h("span", {class: "grow"}), rules.length > 0 && button("Delete all", {icon: "trash", onclick: () => removeRules(rules)})),
      rules.length === 0 ? h("p", {class: "soft"}, "Nothing goes wrong on purpose.") : h("ol", {class: "rules"}, rules.map(ruleRow)));
  };
  const draw = () => {
    quick.draw(shownRules(), operation);
    drawList();
    form?.draw?.();
  };
  const update = ({id, params}) => {
    form = null;
    operation = params.get("for") ?? "";
    if (id || params.get("new")) {
      form = ruleForm(id);
      fill(element, form.element);
    } else {
      fill(element, h("header", {}, h("h1", {}, "Faults"), h("span", {class: "grow"}),
        h("a", {class: "button", href: link("faults", "", {new: 1})}, icon("plus"), "New fault")), quick.element, list);
      draw();
    }
  };
  const offs = [signals.on("rules", draw), signals.on("resync", readRules)];
  operations().then((ids) => quick.offer(ids));
  readRules();
  update(route);
  return {
    element, update,
    keys: {
      n: () => go(link("faults", "", {new: 1})),
      Esc: () => (form ? go(link("faults")) : false),
      help: [["n", "New fault"]],
    },
    close() { offs.forEach((off) => off()); },
  };
}

function ruleRow(rule) {
  const name = sentence(rule);
  return h("li", {class: active(rule) ? "" : "resting"},
    toggle(`On: ${name}`, active(rule), () => switchRule(rule)),
    h("div", {},
      h("a", {href: link("faults", rule.id)}, name),
      h("p", {class: "small soft"}, rule.left === 0 ? "Ended: " : rule.enabled ? "" : "Off: ", counts(rule), line(rule) && [" · ", h("code", {}, line(rule))])),
    h("a", {class: "button only-icon", href: link("faults", rule.id), "aria-label": `Edit: ${name}`, title: "Edit"}, icon("edit")),
    button(`Delete: ${name}`, {icon: "trash", quiet: true, title: "Delete", onclick: () => removeRules([rule])}));
}
