// One mail: who, what, the actions, and its parts in tabs.

import {address, control} from "../api.js";
import {quoted} from "../body.js";
import {button, fill, h, icon} from "../dom.js";
import {fullTime, short, size} from "../format.js";
import {redraw} from "../records.js";
import {go, link} from "../route.js";
import {session} from "../session.js";
import {tabs} from "../tabs.js";
import {copy, toast, tried} from "../toast.js";
import {attachments, cause, findings, headers, page, source, text} from "./parts.js";

const feedback = [
  ["delivery", "Delivered"], ["open", "Opened"], ["click", "Clicked"], ["bounce", "Bounced"], ["complaint", "Complaint"],
];

let lastTab = ""; // what was looked at stays in front from mail to mail

// message shows one mail at a time. changed is told of a mail that is another now,
// remove asks for it to be deleted, back for the list.
export function message({changed, remove, back}) {
  const element = h("div", {class: "message"});
  let shown = null; // the mail
  let wanted = ""; // its id
  let bar = null; // its tabs
  let welcome = null; // what stands there without any mail
  let asking = new AbortController();

  async function show(id, tab) {
    if (id === wanted && (shown || id === "")) {
      if (bar && tab) bar.choose(tab);
      else if (id === "") none();
      return;
    }
    wanted = id;
    shown = null;
    bar = null;
    asking.abort();
    if (id === "") return none();
    asking = new AbortController();
    element.setAttribute("aria-busy", "true");
    try {
      const m = await control(`/inbox/messages/${encodeURIComponent(id)}`, {signal: asking.signal});
      if (id === wanted) draw(m, tab);
    } catch (error) {
      if (id === wanted && error.name !== "AbortError") refuse(error);
    }
  }

  function none() {
    element.removeAttribute("aria-busy");
    fill(element, welcome ? welcome() : h("div", {class: "empty blank"}, icon("inbox"), h("p", {}, "Choose a mail, or press ", h("kbd", {}, "j"), " and ", h("kbd", {}, "o"), ".")));
  }

  function refuse(error) {
    element.removeAttribute("aria-busy");
    fill(element, h("div", {class: "lone"}, h("h1", {}, error.status === 404 ? "This mail is not here" : "The mail cannot be shown"),
      h("p", {}, error.message), h("div", {class: "buttons"}, button("To the list", {onclick: back}))));
  }

  function draw(m, tab) {
    shown = m;
    element.removeAttribute("aria-busy");
    const found = m.codes.length + m.links.length;
    bar = tabs("Parts of the mail", [
      ...(m.html === null ? [] : [["html", "HTML", () => page(m)]]),
      ["text", "Text", () => text(m)],
      ["source", "Source", () => source(m)],
      ["headers", "Headers", () => headers(m)],
      ["attachments", `Attachments${m.attachments.length ? ` (${m.attachments.length})` : ""}`, () => attachments(m)],
      ["links", `Links & codes${found ? ` (${found})` : ""}`, () => findings(m)],
      ["why", "Why", () => cause(m)],
    ], tab || lastTab || "html", (id) => {
      lastTab = id;
      go(link("inbox", m.id, {...params(), tab: id}), {replace: true});
    });
    fill(element, head(m), bar.bar, bar.panel);
    document.querySelector(".split > .detail").scrollTop = 0;
    if (!m.read) mark("read");
  }

  const params = () => Object.fromEntries(new URLSearchParams(location.hash.split("?")[1]));

  function head(m) {
    const [code] = m.codes;
    const best = m.links.find((l) => ["verify", "reset", "invite"].includes(l.purpose));
    const reports = h("div", {class: "buttons", id: "reports", role: "group", "aria-label": "What became of it", hidden: true},
      feedback.map(([type, label]) => button(label, {onclick: () => report(type)})));
    const opener = button("Report…", {title: "Play the mail provider: say what became of it", "aria-expanded": "false", "aria-controls": "reports", onclick: () => {
      reports.hidden = !reports.hidden;
      opener.setAttribute("aria-expanded", String(!reports.hidden));
    }});
    return h("header", {class: "mail-head"},
      h("div", {class: "bar"},
        button("Back to the list", {icon: "back", quiet: true, class: "narrow-only", onclick: back}),
        h("h1", {class: "mail-subject"}, short(m.subject) || "(no subject)"),
        button(m.read ? "Mark as unread" : "Mark as read", {icon: m.read ? "mail" : "eye", quiet: true, id: "read-mark", onclick: toggleRead}),
        button("Delete", {icon: "trash", quiet: true, onclick: () => remove(m)})),
      people(m),
      h("div", {class: "buttons"},
        code && h("button", {type: "button", class: "button main", onclick: copyCode}, icon("copy"), "Copy code ", h("code", {}, code.code)),
        best && button(`Copy ${best.purpose} link`, {icon: "link", onclick: () => copy(best.href, "the link")}),
        h("a", {class: "button", href: address(`/inbox/messages/${encodeURIComponent(m.id)}/raw`), download: m.id + ".eml"}, icon("down"), ".eml"),
        button("Copy as curl", {icon: "copy", onclick: () => copy(curl(m), "the curl command")}),
        opener),
      reports,
      m.warnings.length > 0 && h("ul", {class: "warnings"}, m.warnings.map((w) => h("li", {class: "warn"}, icon("warn"), h("span", {}, w)))));
  }

  async function report(type) {
    const m = await tried(() => control(`/inbox/messages/${encodeURIComponent(shown.id)}/events`, {method: "POST", body: {type}}));
    if (!m) return;
    toast(`Reported: ${type}.`, {lasts: 2500});
    changed(m);
    if (m.id === wanted) draw(m, bar.chosen);
  }

  async function mark(how) {
    const {id} = shown;
    const m = await tried(() => control(`/inbox/messages/${encodeURIComponent(id)}/${how}`, {method: "POST"}));
    if (m) {
      changed(m);
      refresh(m);
    }
  }

  const toggleRead = () => shown && mark(shown.read ? "unread" : "read");
  const copyCode = () => (shown?.codes.length ? copy(shown.codes[0].code, `the code ${shown.codes[0].code}`) : false);

  // refresh shows the marks of a mail that may be the one shown.
  function refresh(m) {
    if (m.id !== shown?.id) return;
    const status = shown.status !== m.status;
    Object.assign(shown, {read: m.read, status: m.status});
    const place = document.getElementById("read-mark");
    const label = m.read ? "Mark as unread" : "Mark as read";
    place?.replaceWith(button(label, {icon: m.read ? "mail" : "eye", quiet: true, id: "read-mark", onclick: toggleRead}));
    if (status) element.querySelector(".people")?.replaceWith(people(shown));
  }

  return {
    element, show, refresh, toggleRead, copyCode,
    remove: () => shown && remove(shown),
    reread() {
      if (!wanted) return;
      const [id, tab] = [wanted, bar?.chosen];
      wanted = "";
      show(id, tab);
    },
    gone() { refuse({status: 404, message: "It was deleted, here or elsewhere."}); },
    welcome(f) {
      if (f === welcome) return;
      welcome = f;
      if (!wanted) none();
    },
    // greet brings the welcome up to date.
    greet() { if (welcome && !wanted) redraw(element, welcome()); },
    close() { asking.abort(); },
  };
}

function people(m) {
  const status = {BOUNCED: "bad", COMPLAINT: "bad", OPENED: "good", DELIVERED: "good"}[m.status] ?? "";
  return h("dl", {class: "people facts"},
    h("dt", {}, "From"), h("dd", {}, m.from.address || m.from.name ? person(m.from) : "(no sender)"),
    h("dt", {}, "To"), h("dd", {}, list(m.recipients)),
    m.cc.length > 0 && [h("dt", {}, "Cc"), h("dd", {}, list(m.cc))],
    m.replyTo.some((a) => a.address !== m.from.address) && [h("dt", {}, "Reply to"), h("dd", {}, list(m.replyTo))],
    h("dt", {}, "When"), h("dd", {}, h("time", {datetime: m.time}, fullTime(m.time)), " ",
      h("span", {class: "chip"}, m.kind.replace("_", " ")), " ", h("span", {class: "chip " + status}, m.status.toLowerCase()), " ",
      h("span", {class: "chip"}, size(m.size))));
}

// A name that is written from right to left leaves what follows as it is.
function person({name, address: mailbox}) { return h("bdi", {}, name ? [h("b", {}, short(name)), ` <${mailbox}>`] : mailbox); }

const shownPeople = 20;

function list(all) {
  const some = all.slice(0, shownPeople).map((a, i) => [i > 0 ? ", " : "", person(a)]);
  return [some, all.length > shownPeople && ` and ${all.length - shownPeople} more`];
}

// curl is a command that reads the mail again.
function curl(m) {
  return `curl -s ${quoted(`${location.origin}/_mock/inbox/messages/${m.id}`)} -H ${quoted(`Authorization: Bearer ${session.secretKey()}`)}`;
}
