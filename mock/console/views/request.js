// One call of the journal: why it was refused, what was asked, what was answered.

import {control, server} from "../api.js";
import {body} from "../body.js";
import {didWords, keyWords, nameOf, statusChip} from "../callwords.js";
import {curl, obstacle, repeat} from "../curl.js";
import {button, fill, h, icon} from "../dom.js";
import {fullTime, many, milliseconds} from "../format.js";
import {current, go, link} from "../route.js";
import {later, session} from "../session.js";
import {copy, toast} from "../toast.js";

// Detail shows the call with an id. step(by) goes to a neighbour, back() to the list,
// link(id) writes the address of another call.
export class Detail {
  constructor(options) {
    Object.assign(this, options);
    this.id = "";
    this.call = null;
    this.subjects = new Map(); // of mails that were looked up
    this.element = h("section", {class: "detail", "aria-label": "The call", tabindex: "-1"});
    this.mailed = later(() => this.call && !this.lost && this.read(), 500); // mails may come of a call long after it
  }

  show(id) {
    if (id === this.id && this.drawn) return;
    this.drawn = true;
    this.id = id;
    this.call = null;
    this.problem = null;
    this.lost = false; // it is no longer in the journal
    this.element.scrollTop = 0;
    // The call before stays until the other one is there: nothing flickers, and the focus has its place.
    if (!id || !this.element.querySelector(".call")) this.draw();
    this.read();
  }

  async read() {
    const {id} = this;
    if (!id) return;
    try {
      const call = await find(id, current().params.get("keyless"));
      if (id !== this.id) return;
      const same = JSON.stringify(call) === JSON.stringify(this.call);
      this.call = call;
      this.problem = null;
      if (same) return;
    } catch (error) {
      if (id !== this.id) return;
      if (!this.call) this.problem = error;
      else if (error.status === 404) this.lost = true;
      else return;
    }
    this.draw();
    this.readSubjects();
  }

  // arrived hears of a call that has just come into the journal.
  arrived(call) {
    if (call.id === this.id && !this.call) this.read();
  }

  // ruled hears of the rules, which may be read after the call that one has struck.
  ruled() {
    if (this.call?.fault && Boolean(this.rule()) !== this.knownRule) this.draw();
  }

  rule() { return session.rules.find(({id}) => id === this.call.fault.id); }

  // readSubjects looks up what the mails of the call are called.
  async readSubjects() {
    const {call} = this;
    const unknown = call?.messages.slice(0, 10).filter((id) => !this.subjects.has(id)) ?? [];
    await Promise.all(unknown.map(async (id) => {
      try {
        const mail = await control("/inbox/messages/" + encodeURIComponent(id));
        this.subjects.set(id, {subject: mail.subject || "(no subject)", to: mail.to});
      } catch {
        this.subjects.set(id, null); // it was deleted
      }
    }));
    if (unknown.length > 0 && call === this.call) this.draw();
  }

  draw() {
    const open = new Set([...this.element.querySelectorAll("details[open]")].map((d) => d.dataset.name));
    if (!this.id) fill(this.element, h("div", {class: "empty"}, h("p", {}, "Choose a call to see what was asked, and why it was answered so.")));
    else if (this.problem) fill(this.element, h("div", {class: "empty"}, this.backButton(), h("p", {class: "bad", role: "alert"}, this.problem.message)));
    else if (!this.call) fill(this.element, this.backButton());
    else fill(this.element, this.head(), this.content());
    for (const d of this.element.querySelectorAll("details")) d.open = open.has(d.dataset.name);
  }

  backButton() { return button("Back to the calls", {icon: "back", quiet: true, class: "narrow-only", onclick: () => this.back()}); }

  head() {
    const {call} = this;
    const why = obstacle(call);
    return h("header", {class: "call-head"},
      h("div", {class: "bar"},
        this.backButton(),
        statusChip(call, {long: true}),
        h("h1", {class: "mono"}, nameOf(call)),
        h("span", {class: "grow"}),
        button("Newer call", {icon: "up", quiet: true, onclick: () => this.step(-1)}),
        button("Older call", {icon: "below", quiet: true, onclick: () => this.step(1)})),
      h("p", {class: "soft small"}, [call.operation ?? "unknown route", keyWords(call), milliseconds(call.duration), fullTime(call.time)].filter(Boolean).join(" · ")),
      call.method !== "SMTP" && h("div", {class: "buttons"},
        button("Copy as curl", {icon: "copy", disabled: Boolean(why), onclick: () => this.copy()}),
        button("Repeat now", {icon: "again", disabled: Boolean(why) || unsendable(call), onclick: () => this.repeat()}),
        (why || this.lost) && h("span", {class: "soft small"}, why || "It is no longer in the journal.")));
  }

  content() {
    const {call} = this;
    const smtp = call.method === "SMTP";
    return h("div", {class: "call"},
      this.refused(), this.struck(), this.warned(), this.mails(),
      h("section", {}, h("h2", {}, smtp ? "Transcript" : "What was asked"),
        !smtp && call.query !== "" && h("div", {class: "code"}, h("pre", {}, "?" + call.query)),
        body(call.body, {truncated: call.bodyTruncated, violations: call.violations}),
        call.headers.length > 0 && headers("asked", call.headers)),
      (call.response.headers.length > 0 || call.response.body !== "") && h("section", {},
        h("h2", {}, "What was answered"),
        body(call.response.body, {truncated: call.response.bodyTruncated}),
        headers("answered", call.response.headers)),
      h("p", {class: "soft small"}, call.mount && ["Mount ", h("code", {}, call.mount), " · "], "Call ", h("code", {}, call.id)));
  }

  // refused says why, before everything else.
  refused() {
    const {violations, status} = this.call;
    if (violations.length === 0) return status === 401 && !this.call.fault && !this.call.key && wrongKey();
    return h("section", {class: "refused", "aria-label": "Why it was refused"},
      h("h2", {}, icon("warn"), `Refused: ${many(violations.length, "thing")} ${violations.length === 1 ? "is" : "are"} wrong`),
      h("ul", {}, violations.map(({field, rule, message}) => h("li", {},
        h("code", {}, field || "the call"), " ", h("span", {}, message), " ", h("span", {class: "soft small", title: "The rule that was broken"}, rule)))));
  }

  struck() {
    const {fault} = this.call;
    if (!fault) return null;
    const rule = this.rule();
    this.knownRule = Boolean(rule);
    return h("section", {class: "struck", "aria-label": "The fault that struck"},
      h("h2", {}, icon("faults"), "A fault struck"),
      h("p", {}, "It ", didWords(fault.did), ". ",
        rule ? [h("a", {href: link("faults", fault.id)}, "Show the rule"), rule.steps.length > 1 && h("span", {class: "soft"}, ` (step ${fault.step + 1} of ${rule.steps.length})`)]
          : h("span", {class: "soft"}, given(fault.id))));
  }

  warned() {
    const {warnings} = this.call;
    return warnings.length > 0 && h("section", {class: "warned", "aria-label": "Warnings"},
      h("h2", {}, icon("warn"), many(warnings.length, "warning")), h("ul", {}, warnings.map((text) => h("li", {}, text))));
  }

  mails() {
    const {messages} = this.call;
    return messages.length > 0 && h("section", {"aria-label": "Mails that came of it"},
      h("h2", {}, many(messages.length, "mail"), " came of it"),
      h("ul", {class: "mails"}, messages.map((id) => {
        const mail = this.subjects.get(id);
        return h("li", {}, icon("inbox"), mail === null ? h("span", {class: "soft"}, "A mail that was deleted since")
          : h("a", {class: "cut", href: link("inbox", id)}, mail ? `${mail.subject} → ${mail.to}` : id));
      })));
  }

  copy() {
    if (!this.call || obstacle(this.call)) return false;
    copy(curl(this.call), "the call as curl");
    return true;
  }

  async repeat() {
    const {call} = this;
    if (!call || call === this.repeating || obstacle(call) || unsendable(call)) return;
    this.repeating = call; // once at a time
    const id = await repeat(call);
    this.repeating = null;
    if (call !== this.call || this.closed) return;
    if (id) go(this.link(id));
    else toast("Sent again; the connection was cut before an answer came.", {bad: true});
  }

  close() {
    this.closed = true;
    this.id = "";
    this.call = null;
  }
}

// find reads a call of the project, or one of those without a key, of which the API
// has only the list.
async function find(id, keyless) {
  if (!keyless) return control("/requests/" + encodeURIComponent(id));
  const {requests} = await server("/requests/unassigned", {query: {limit: 1000}});
  const call = requests.find((r) => r.id === id);
  if (!call) throw new Error("This call is not among those without a key, or no longer.");
  return call;
}

// unsendable says whether a browser cannot send such a call.
function unsendable(call) {
  return /^(connect|trace|track)$/i.test(call.method) || /^(get|head)$/i.test(call.method) && call.body !== "";
}

// given says where a fault came from that is no rule of the project, or no longer.
function given(id) {
  if (id === "header") return "The call brought it along, in its header X-Plunkmock-Fault.";
  if (id === "prefer") return "The call asked for it, in its header Prefer.";
  return "Its rule was deleted since.";
}

function wrongKey() {
  return h("section", {class: "refused", "aria-label": "Why it was refused"},
    h("h2", {}, icon("key"), "Refused: no usable key"),
    h("p", {}, "Keys of this project: ", h("code", {}, session.secretKey()), " (secret), ", h("code", {}, session.publicKey()), " (public).",
      " The header is ", h("code", {}, "Authorization: Bearer " + session.secretKey()), "."));
}

function headers(name, list) {
  return h("details", {"data-name": name},
    h("summary", {}, many(list.length, "header")),
    h("dl", {class: "facts mono"}, list.map((line) => [h("dt", {}, line.name), h("dd", {}, line.value)])));
}
