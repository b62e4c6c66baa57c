// The inbox: the list of mails, live, and one of them beside it.

import {control} from "../api.js";
import {button, fill, h, icon} from "../dom.js";
import {handOver} from "../focus.js";
import {fullTime, many, number, shortTime} from "../format.js";
import {LongList} from "../list.js";
import {go, link} from "../route.js";
import {later, session, signals} from "../session.js";
import {announce, tried} from "../toast.js";
import {deleteLater, flush} from "../undo.js";
import {message} from "./message.js";
import {searchField} from "./search.js";
import {firstSteps} from "./start.js";

const rowHeight = 78;
const gather = 60; // ms; arrivals of that time are shown at once

export default function inbox(route) {
  let query = route.params.get("q") ?? "";
  const {project} = session; // also when it is another by the time of deleting
  let shown = ""; // the id of the mail beside the list
  // Rows from the anchor on are asked for from its cursor: they do not move while mails
  // arrive.
  let anchor = null;
  let newest = ""; // the cursor of the newest mail that the list knows

  const list = new LongList({rowHeight, name: "Mails", id: (m) => m.id, fetch, row, empty});
  const count = h("p", {class: "soft small"});
  const marking = button("Mark all as read", {icon: "eye", quiet: true, onclick: markAll});
  const deleting = button("Delete those shown", {icon: "trash", quiet: true, onclick: deleteShown});
  const field = searchField({value: query, oninput: search});
  const detail = message({changed: (m) => list.replace(m), remove, back});
  const element = h("div", {class: "split"},
    h("section", {class: "side", "aria-labelledby": "inbox-title"},
      h("header", {},
        h("div", {class: "bar"}, h("h1", {id: "inbox-title"}, "Inbox"), count, h("span", {class: "grow"}), marking, deleting),
        field.element),
      list.element),
    h("section", {class: "detail", "aria-label": "Mail", tabindex: "-1"}, detail.element));

  async function fetch(offset, limit, signal) {
    const anchored = anchor && offset > anchor.at;
    const page = await control("/inbox/messages", {signal, query: {
      q: query, limit, ...(anchored ? {before: anchor.cursor, offset: offset - anchor.at - 1} : {offset}),
    }});
    if (!anchor && page.messages.length > 0) anchor = {at: offset, cursor: page.messages[0].cursor};
    if (offset === 0 && page.messages.length > 0) newest = page.messages[0].cursor;
    newest ||= page.cursor;
    return {items: page.messages, total: page.total};
  }

  function row(m) {
    const from = m.from.name || m.from.address;
    return h("a", {
      class: "mail" + (m.read ? "" : " unread"), href: link("inbox", m.id, {q: query}),
      onclick: () => { list.at = list.indexOf(m.id); },
    },
    h("span", {class: "line"}, m.read ? null : h("span", {class: "unseen"}, "Unread."),
      h("span", {class: "cut"}, h("span", {class: "from"}, from), h("span", {class: "soft"}, " to "), h("span", {class: "to"}, m.to)),
      h("time", {datetime: m.time, title: fullTime(m.time)}, shortTime(m.time))),
    h("span", {class: "line"}, h("span", {class: "cut subject"}, m.subject || "(no subject)"), h("span", {class: "grow"}),
      m.attachmentCount > 0 && h("span", {class: "soft", title: many(m.attachmentCount, "attachment")}, icon("clip"),
        h("span", {class: "unseen"}, many(m.attachmentCount, "attachment")))),
    h("span", {class: "line"}, h("span", {class: "cut soft small"}, m.preview), h("span", {class: "grow"}),
      troubles[m.status] && h("span", {class: "chip bad"}, troubles[m.status]),
      m.kind !== "transactional" && h("span", {class: "chip"}, m.kind.replace("_", " "))));
  }

  function empty() {
    if (query) {
      return h("div", {class: "empty"}, h("p", {}, "No mail matches ", h("code", {}, query)),
        button("Show all", {onclick: () => { field.set(""); search(""); }}));
    }
    return h("p", {class: "empty"}, "Mails show up here by themselves.");
  }

  async function read() {
    await flush();
    anchor = null;
    newest = "";
    const whole = await list.read();
    // A query that is wrong is told at its field, in the server's words.
    field.complain(list.failed?.status === 422 && query ? list.failed.message : "");
    if (list.failed?.status === 422 && query) list.failed = null;
    if (whole && shown) list.choose(shown);
    tally();
  }

  function tally() {
    const {total, unread} = session.counts;
    count.textContent = query ? `${number(list.length)} of ${many(total, "mail")}` : `${many(total, "mail")}${unread ? `, ${number(unread)} unread` : ""}`;
    count.ariaLive = query ? "polite" : "off"; // what arrives is announced by itself
    marking.disabled = unread === 0;
    deleting.disabled = list.length === 0;
    element.classList.toggle("bare", list.loaded && list.length === 0 && !query);
    detail.welcome(list.loaded && list.length === 0 && !query ? firstSteps : null);
  }

  function search(text) {
    query = text;
    go(link("inbox", shown, {q: query}), {replace: true});
    list.element.scrollTop = 0;
    read();
  }

  // What arrives is gathered for a moment; with a query the server says what matches.
  let arrived = [];
  let waiting = 0;
  const arrive = (m) => {
    arrived.push(m);
    waiting ||= setTimeout(take, gather);
  };

  async function take() {
    const batch = arrived;
    arrived = [];
    try {
      await list.reading; // it may have them already
      if (list.loaded) add(query ? await matching() : batch.filter((m) => m.cursor > newest).reverse());
    } catch { /* resync reads all */ }
    waiting = arrived.length > 0 ? setTimeout(take, gather) : 0;
  }

  async function matching() {
    const asked = query;
    const {messages} = await control("/inbox/messages", {query: {q: query, after: newest, limit: 1000}});
    return asked === query ? messages : [];
  }

  function add(fresh) {
    fresh = fresh.filter((m) => m.cursor > newest);
    if (fresh.length === 0) return;
    newest = fresh[0].cursor;
    if (anchor) anchor.at += fresh.length;
    list.prepend(fresh);
    unsaid.push(...fresh);
    sayNew();
    tally();
  }

  let unsaid = []; // what has come since it was last said
  const sayNew = later(async () => {
    announce(unsaid.length === 1 ? `New mail: ${unsaid[0].subject}` : many(unsaid.length, "new mail"));
    unsaid = [];
  }, 3000);

  function drop(ids) {
    const places = anchor ? ids.map((id) => list.indexOf(id)).filter((i) => i >= 0 && i <= anchor.at).length : 0;
    const all = list.remove(ids);
    if (anchor) anchor.at -= places;
    tally();
    return all;
  }

  // remove takes a mail away, and shows the next one.
  function remove(m) {
    const i = list.indexOf(m.id);
    const next = list.items[i + 1] ?? list.items[i - 1];
    deleteLater({
      text: "Deleted the mail.",
      hide: () => {
        drop([m.id]);
        if (shown === m.id) go(link("inbox", isWide() && next ? next.id : "", {q: query}), {replace: true});
      },
      restore: () => {
        read();
        go(link("inbox", m.id, {q: query}), {replace: true});
      },
      send: (options) => control(`/inbox/messages/${encodeURIComponent(m.id)}`, {method: "DELETE", query: {project}, ...options}),
    });
  }

  // deleteShown deletes what the list has now, and nothing that comes later: all before
  // its newest mail, and that one.
  async function deleteShown() {
    const first = list.items[0];
    if (!first) return;
    const asked = query;
    deleteLater({
      text: `Deleted ${many(list.length, "mail")}.`,
      hide: () => {
        list.clear();
        go(link("inbox", "", {q: query}), {replace: true});
        tally();
      },
      restore: read,
      send: async (options) => {
        await Promise.all([ // at once: there may be no time for a second call when the window is closed
          control("/inbox/messages", {method: "DELETE", query: {project, q: asked, before: first.cursor}, ...options}),
          control(`/inbox/messages/${encodeURIComponent(first.id)}`, {method: "DELETE", query: {project}, ...options}),
        ]);
      },
    });
  }

  async function markAll() {
    await tried(() => control("/inbox/messages/read", {method: "POST", query: {q: query}}));
  }

  function back() { go(link("inbox", "", {q: query})); }

  const open = (m) => m && go(link("inbox", m.id, {q: query}), {replace: shown !== ""});
  const step = (by) => async () => {
    const m = await list.move(by);
    if (!shown || !isWide() || list.element.contains(document.activeElement)) list.focus();
    if (shown && isWide()) open(m);
  };

  const listening = [
    signals.on("message", arrive),
    signals.on("changed", (m) => {
      list.replace(m);
      detail.refresh(m);
    }),
    signals.on("deleted", ({ids}) => {
      if (ids.includes(shown)) detail.gone();
      if (!drop(ids)) read();
    }),
    signals.on("resync", () => {
      read();
      detail.reread();
    }),
    signals.on("counts", tally),
  ];

  function update(next) {
    const asked = next.params.get("q") ?? "";
    if (asked !== query) {
      query = asked;
      field.set(query);
      read();
    }
    shown = next.id;
    const opened = element.classList.contains("open");
    element.classList.toggle("open", shown !== "");
    list.choose(shown);
    list.sayAgain();
    detail.show(shown, next.params.get("tab"));
    if (opened !== (shown !== "")) handOver(list, detail.element.parentElement, shown !== "");
    tally();
  }

  update(route);
  read();
  return {
    element, update,
    close() {
      clearTimeout(waiting);
      listening.forEach((off) => off());
      list.close();
      detail.close();
    },
    keys: {
      j: step(1), k: step(-1), o: () => open(list.here()),
      u: () => detail.toggleRead(),
      "#": () => (shown ? detail.remove() : list.here() && remove(list.here())),
      c: () => detail.copyCode(),
      Esc: () => (shown ? back() : false),
      help: [["j", "Next mail"], ["k", "Mail before"], ["o", "Open"], ["c", "Copy the code"], ["u", "Read or unread"], ["#", "Delete"]],
    },
  };
}

const troubles = {BOUNCED: "bounced", COMPLAINT: "complaint"};

export const isWide = () => matchMedia("(min-width: 900px)").matches;
