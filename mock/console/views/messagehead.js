// What stands above the parts of a mail: its subject, the people, what can be done.

import {address} from "../api.js";
import {quoted} from "../body.js";
import {button, h, icon} from "../dom.js";
import {fullTime, short, size} from "../format.js";
import {session} from "../session.js";
import {copy} from "../toast.js";

const feedback = [
  ["delivery", "Delivered"], ["open", "Opened"], ["click", "Clicked"], ["bounce", "Bounced"], ["complaint", "Complaint"],
];

// head is drawn for the Message that shows the mail, and does what it can.
export function head(m, message) {
  const [code] = m.codes;
  const best = m.links.find((l) => ["verify", "reset", "invite"].includes(l.purpose));
  const [opener, reports] = reporting(message);
  return h("header", {class: "mail-head"},
    h("div", {class: "bar"},
      button("Back to the list", {icon: "back", quiet: true, class: "narrow-only", onclick: message.back}),
      h("h1", {class: "mail-subject"}, short(m.subject) || "(no subject)"),
      readMark(m, message),
      button("Delete", {icon: "trash", quiet: true, onclick: () => message.remove(m)})),
    people(m),
    h("div", {class: "buttons"},
      code && h("button", {type: "button", class: "button main", onclick: () => message.copyCode()}, icon("copy"), "Copy code ", h("code", {}, code.code)),
      best && button(`Copy ${best.purpose} link`, {icon: "link", onclick: () => copy(best.href, "the link")}),
      h("a", {class: "button", href: address(`/inbox/messages/${encodeURIComponent(m.id)}/raw`), download: m.id + ".eml"}, icon("down"), ".eml"),
      button("Copy as curl", {icon: "copy", onclick: () => copy(curl(m), "the curl command")}),
      opener),
    reports,
    m.warnings.length > 0 && h("ul", {class: "warnings"}, m.warnings.map((w) => h("li", {class: "warn"}, icon("warn"), h("span", {}, w)))));
}

export function readMark({read}, message) {
  return button(read ? "Mark as unread" : "Mark as read", {icon: read ? "mail" : "eye", quiet: true, id: "read-mark", onclick: () => message.toggleRead()});
}

// reporting is a button, and what it opens.
function reporting(message) {
  const reports = h("div", {class: "buttons", id: "reports", role: "group", "aria-label": "What became of it", hidden: true},
    feedback.map(([type, label]) => button(label, {onclick: () => message.report(type)})));
  const opener = button("Report…", {title: "Play the mail provider: say what became of it", "aria-expanded": "false", "aria-controls": "reports", onclick: () => {
    reports.hidden = !reports.hidden;
    opener.setAttribute("aria-expanded", String(!reports.hidden));
  }});
  return [opener, reports];
}

// people is from whom and to whom a mail is, when it came and what it is.
export function people(m) {
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
