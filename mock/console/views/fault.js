// One rule: a form for all that it can have, or a line, or JSON; and what it looks
// like elsewhere.

import {control} from "../api.js";
import {quoted} from "../body.js";
import {button, fill, h} from "../dom.js";
import {announced, line, plain, runs, sentence} from "../faultwords.js";
import {operations} from "../operations.js";
import {go, link} from "../route.js";
import {active, counts, removeRules, shownRules, switchRule, toggle} from "../rules.js";
import {readRules, session} from "../session.js";
import {copy, toast} from "../toast.js";
import {stepFields} from "./faultstep.js";

// ruleForm edits the rule with an id, or makes one. draw() hears of new counts.
export function ruleForm(id) { return new Form(id); }

class Form {
  constructor(id) {
    this.id = id;
    this.way = "Form";
    this.known = [];
    this.errors = {}; // field → what is wrong with it
    this.element = h("div", {class: "rule-form"});
    operations().then((ids) => { this.known = ids; if (this.draft) this.drawForm(); });
    const rule = shownRules().find((r) => r.id === id);
    if (rule) this.begin(rule);
    else if (id) readRules(); // and draw when they are there
    else this.begin({operation: "sendEmail", steps: [{status: 429}], times: 2});
  }

  // begin takes a rule into the form.
  begin(rule) {
    this.draft = {...plain(rule), groups: runs(rule.steps ?? [])};
    if (this.draft.share != null) this.draft.share = +(this.draft.share * 100).toFixed(6);
    delete this.draft.steps;
    this.json = JSON.stringify(plain(rule), null, 2);
    this.was = this.line = line(rule) ?? "";
    this.build();
  }

  // rule is what the form says.
  rule() {
    const {groups, share, ...rule} = this.draft;
    if (share != null) rule.share = Number.isFinite(Number(share)) ? +(share / 100).toFixed(8) : share;
    rule.steps = groups.flatMap(({step, n = 1}, i) => {
      if (!Number.isInteger(n) || n < 1 || n > 1000) throw new RangeError(`group${i}.n: must be a whole number from 1 to 1000`);
      return new Array(n).fill(step);
    });
    return rule;
  }

  draw() {
    const rule = shownRules().find((r) => r.id === this.id);
    if (this.id && rule && !this.draft) this.begin(rule);
    if (!this.draft) {
      fill(this.element, this.back(), h("h1", {}, "There is no such fault"), h("p", {}, "It was deleted, or the project was reset."));
    } else if (this.state) {
      fill(this.state, rule ? [toggle("On", active(rule), () => switchRule(rule)), h("span", {class: "soft"}, counts(rule)),
        button("Delete", {icon: "trash", onclick: () => { removeRules([rule]); go(link("faults")); }})] : this.id && h("span", {class: "bad"}, "It was deleted."));
    }
  }

  back() { return h("p", {}, h("a", {href: link("faults")}, "All faults")); }

  build() {
    this.ways = h("div", {class: "segments", role: "group", "aria-label": "How to write it"});
    this.state = h("div", {class: "buttons"});
    this.main = h("form", {class: "sheet", "aria-label": "The rule", onsubmit: (event) => { event.preventDefault(); this.save(); }});
    this.looks = h("aside", {class: "sheet", "aria-label": "What it looks like"});
    fill(this.element, this.back(),
      h("header", {class: "bar"}, h("h1", {}, this.id ? "Fault" : "New fault"), this.id && h("code", {class: "soft cut"}, this.id), h("span", {class: "grow"}), this.state),
      h("div", {class: "columns"}, this.main, this.looks));
    this.drawForm();
    this.draw();
  }

  // go changes over from one way of writing to another.
  go(way) {
    const {way: before} = this;
    if (way === before) return;
    if (before === "One line" && this.line !== this.was) {
      this.refuse("Only plunkmock itself reads a line. Save it first; then the other ways show it.");
      return;
    }
    try {
      if (before === "JSON") this.begin(whole(JSON.parse(this.json)));
      else if (before === "Form") [this.json, this.line] = [JSON.stringify(this.rule(), null, 2), line(this.rule()) ?? ""];
      this.was = this.line;
      this.way = way;
      this.errors = {};
      this.drawForm();
    } catch (error) {
      this.way = before;
      this.drawForm();
      this.refuse(error instanceof SyntaxError ? `This is no JSON: ${error.message}` : error instanceof RangeError ? error.message : "The form cannot show such a rule. Save it, to hear what is wrong.");
    }
  }

  drawForm() {
    if (!this.main) return;
    fill(this.ways, ["Form", "One line", "JSON"].map((way) => button(way, {"aria-pressed": String(way === this.way), onclick: () => this.go(way)})));
    this.alert = h("div", {role: "alert"});
    const fields = this.way === "Form" ? [this.whichCalls(), this.howOften(), this.steps()] : this.way === "JSON"
      ? this.text("JSON of the rule", "json", h("textarea", {rows: 16, spellcheck: "false"}))
      : [this.text("The rule in one line", "line", h("input", {class: "mono", spellcheck: "false", autocomplete: "off", placeholder: "sendEmail:429*2,pass"})), grammar()];
    fill(this.main, this.ways, fields, this.alert,
      h("div", {class: "buttons"}, h("button", {class: "button main"}, this.id ? "Save the fault" : "Make the fault"), h("a", {class: "button", href: link("faults")}, "Cancel")));
    this.changed();
  }

  // text is a field for the whole rule.
  text(label, name, input) {
    input.value = this[name];
    input.id = "rule-" + name;
    input.addEventListener("input", () => { this[name] = input.value; this.changed(); });
    return h("label", {class: "field"}, h("span", {}, label), input);
  }

  // field is one of the form: of is the object that has it, at where that stands in the
  // rule. Choices make a list of it.
  field(of, name, label, {at = "", choices, hint, number, area, redraw, read = (text) => text, write = (value) => value, ...props} = {}) {
    const path = at + name;
    const wrong = this.errors[path];
    const set = () => {
      const text = input.value;
      if (text.trim() === "") delete of[name];
      else of[name] = number && Number.isFinite(Number(text)) ? Number(text) : read(text);
      if (redraw) this.drawForm();
      else this.changed();
    };
    const id = "rule-" + path.replace(/\W/g, "-");
    const input = h(choices ? "select" : area ? "textarea" : "input", {
      id, "aria-label": label, "aria-describedby": wrong || hint ? id + "-about" : null, "aria-invalid": wrong ? "true" : null,
      autocomplete: "off", inputmode: number && "decimal", [choices ? "onchange" : "oninput"]: set, ...props,
    }, choices?.map(([value, words]) => h("option", {value}, words)));
    input.value = of[name] == null ? "" : write(of[name]);
    return h("label", {class: "field" + (area ? " wide" : "")}, h("span", {}, label), input,
      wrong ? h("small", {id: id + "-about", class: "bad"}, wrong) : hint && h("small", {id: id + "-about"}, hint));
  }

  get smtp() { return this.draft.operation === "smtp"; }

  whichCalls() {
    const {draft, smtp} = this;
    const chosen = draft.operation?.split("|") ?? [];
    const choose = (id, on) => {
      const others = id === "smtp" ? [] : chosen.filter((one) => one !== "smtp" && one !== id);
      draft.operation = [...others, ...(on ? [id] : [])].join("|");
      if (!draft.operation) delete draft.operation;
      for (const name of this.smtp ? ["method", "path", "key"] : ["stage"]) delete draft[name];
      this.drawForm();
    };
    const any = [["", "any"]];
    return h("fieldset", {}, h("legend", {}, "Which calls"), h("p", {class: "small soft"}, chosen.length ? "" : "Every operation, as long as none is chosen."),
      h("div", {class: "choices"}, [...new Set([...this.known, ...chosen])].map((id) => h("label", {class: "chip"},
        h("input", {type: "checkbox", id: "rule-op-" + id, checked: chosen.includes(id), onchange: (event) => choose(id, event.target.checked)}), id))),
      this.errors.operation && h("p", {class: "bad small"}, this.errors.operation),
      h("div", {class: "grid"},
        smtp ? this.field(draft, "stage", "Stage", {choices: [["", "after DATA"], ...["connect", "MAIL", "RCPT", "DATA"].map((s) => [s, s])]}) : [
          this.field(draft, "method", "Method", {choices: [...any, ...["GET", "POST", "PUT", "PATCH", "DELETE"].map((m) => [m, m])]}),
          this.field(draft, "path", "Path", {placeholder: "/contacts/*"}),
          this.field(draft, "key", "Key", {choices: [...any, ["secret", "secret"], ["public", "public"]]})],
        this.field(draft, "email", "Address", {placeholder: "*@example.com", hint: "Recipient or contact"})));
  }

  howOften() {
    const {draft} = this;
    return h("fieldset", {}, h("legend", {}, "How often"), h("div", {class: "grid"},
      this.field(draft, "share", "Share in %", {number: true, placeholder: "100"}),
      this.field(draft, "after", "After so many", {number: true, placeholder: "0", hint: "The first matches are let go"}),
      this.field(draft, "times", "Ends after", {number: true, placeholder: "never", hint: "So many strikes"}),
      this.field(draft, "expires", "Ends at", {placeholder: "never", hint: "10m, 1d12h, or a time"})));
  }

  steps() {
    const {groups} = this.draft;
    let from = 0;
    return h("fieldset", {class: "steps"}, h("legend", {}, "What happens"),
      h("p", {class: "small soft"}, "Step by step, one for each strike. The last step repeats."),
      groups.map((group, i) => {
        const at = `steps[${from}].`;
        from += group.n || 1;
        return stepFields(this, group, at, i);
      }),
      this.errors.steps && h("p", {class: "bad small"}, this.errors.steps),
      h("div", {}, button("Another step", {icon: "plus", onclick: () => { groups.push({step: {pass: true}, n: 1}); this.drawForm(); }})));
  }

  // changed shows what the rule looks like now.
  changed() {
    let rule = null;
    let words = null;
    let text = this.way === "One line" ? this.line : "";
    try {
      rule = this.way === "Form" ? this.rule() : this.way === "JSON" ? whole(JSON.parse(this.json)) : null;
      words = rule && sentence(rule);
      text ||= rule && line(rule);
    } catch { rule = null; /* it is being typed */ }
    const body = JSON.stringify(this.way === "One line" ? {fault: this.line} : rule);
    const server = location.origin === "http://localhost:4580" ? "" : ` --url ${location.origin}`;
    const key = session.secretKey();
    const once = rule && {...rule, after: undefined, times: undefined, expires: undefined}; // a header strikes one call
    const inHeader = rule?.operation !== "smtp" && !/rateLimit/.test(body) && !/^smtp:|limit=/.test(text ?? "");
    const looks = (name, code, otherwise) => [h("div", {class: "bar"}, h("h2", {}, name), h("span", {class: "grow"}),
      code && button(`Copy ${name.toLowerCase()}`, {icon: "copy", quiet: true, onclick: () => copy(code, name.toLowerCase())})),
    code ? h("pre", {class: "code", tabindex: "0"}, code) : h("p", {class: "soft small"}, otherwise)];
    fill(this.looks,
      words && [h("h2", {}, "In words"), h("p", {}, words)],
      looks("Command", text && `plunkmock fault ${quoted(text)}${server}${key === "sk_test" ? "" : " --key " + quoted(key)}`, "The command's grammar has no words for this rule."),
      looks("Header", inHeader && (text || rule) && `X-Plunkmock-Fault: ${(once ? line(once) : text) || ascii(JSON.stringify(once))}`, "A header cannot bring this rule along."),
      looks("Curl", (rule || text) && [
        `curl ${quoted(location.origin + "/_mock/faults")}`, `-H ${quoted("Authorization: Bearer " + key)}`,
        "-H 'Content-Type: application/json'", `--data-raw ${quoted(body)}`].join(" \\\n  "), "It is not whole yet."));
  }

  async save() {
    let body;
    try {
      body = this.way === "Form" ? this.rule() : this.way === "JSON" ? JSON.parse(this.json) : {fault: this.line};
    } catch (error) {
      this.refuse(error instanceof SyntaxError ? `This is no JSON: ${error.message}` : error.message);
      return;
    }
    const old = session.rules.find(({id}) => id === this.id);
    if (old) body = {enabled: old.enabled, ...(this.way === "Form" && {matched: old.matched, struck: old.struck}), ...body};
    let hint;
    try {
      const made = await control("/faults" + (this.id ? "/" + encodeURIComponent(this.id) : ""), {
        method: this.id ? "PUT" : "POST", body, seen: (r) => { hint = r.headers.get("X-Plunkmock-Warning"); },
      });
      toast(announced(made));
      if (hint) toast(hint, {bad: true});
      readRules();
      go(link("faults"));
    } catch (error) {
      this.refuse(error.message);
    }
  }

  // refuse shows what the server says: as a whole, and at the fields that it names.
  refuse(message) {
    this.errors = {};
    if (this.way === "Form") message = message.replace(/\bshare: .*?(?=; \w|$| \(\d+\)$)/, "share: must be a number above 0, at most 100");
    for (const part of message.replace(/ \(\d+\)$/, "").split(/; (?=[\w.[\]]+: )/)) {
      const [, field, says] = /^([\w.[\]]+): (.*)$/s.exec(part) ?? [];
      if (field) this.errors[field] = says;
    }
    if (this.way === "Form") this.drawForm();
    fill(this.alert, h("p", {class: "refusal"}, message.replace(/^group\d+\.n:/, "So many times:")));
    this.alert.scrollIntoView({block: "nearest"});
    this.main.querySelector("[aria-invalid]")?.focus();
  }
}

// whole answers a rule whose steps can be shown; it throws when they cannot.
function whole(rule) {
  if (!rule.steps.every((step) => typeof step === "object" && step !== null)) throw new TypeError("its steps are no objects");
  return rule;
}

// ascii is JSON as a header can carry it.
function ascii(json) {
  return json.replace(/[\u007f-\uffff]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
}

function grammar() {
  return h("p", {class: "small soft"}, h("code", {}, "[operation:]step,step;option"), ". Steps: a status, ", h("code", {}, "pass, delay=2s, drop=before, drop=after, truncate=20, dribble=100, limit=20/1s"),
    "; ", h("code", {}, "+"), " joins them, ", h("code", {}, "*2"), " repeats one. Options: ", h("code", {}, "share=0.3 after=2 times=5 email=*@example.com expires=10m"), ".");
}
