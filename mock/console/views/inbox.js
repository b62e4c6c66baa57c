// The inbox: the list of mails, live, and one of them beside it.

import {control} from "../api.js";
import {button, fill, h, icon} from "../dom.js";
import {handOver} from "../focus.js";
import {fullTime, many, number, short, shortTime} from "../format.js";
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
  const part = "inbox " + project; // of what waits to be deleted
  let shown = ""; // the id of the mail beside the list
  // Rows from the anchor on are asked for from its cursor: they do not move while mails
  // arrive.
  let anchor = null;
  let newest = ""; // the cursor of the newest mail that the list knows
  // What is deleted but can still be had back: the server has it, the list has not.
  const hidden = new Map(); // id → cursor
  let cleared = ""; // all up to this cursor
  let pushedOut = 0; // how many mails a limit had pushed out
  let closed = false;

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
      q: query, limit: limit + hidden.size, after: cleared,
      ...(anchored ? {before: anchor.cursor, offset: offset - anchor.at - 1} : {offset}),
    }});
    const [first] = page.messages;
    if (offset === 0 && first) newest = first.cursor;
    newest ||= page.cursor;
    const passed = [...hidden.values()].filter((cursor) => first && cursor > first.cursor && !(anchored && cursor >= anchor.cursor)).length;
    const items = page.messages.filter((m) => !hidden.has(m.id)).slice(passed, passed + limit);
    if (!anchor) pushedOut = page.dropped;
    if (!anchor && items.length > 0) anchor = {at: offset, cursor: items[0].cursor};
    return {items, total: page.total - hidden.size};
  }

  function row(m) {
    const from = m.from.name || m.from.address || "(no sender)";
    return h("a", {
      class: "mail" + (m.read ? "" : " unread"), href: link("inbox", m.id, {q: query}),
      onclick: () => { list.at = list.indexOf(m.id); },
    },
    h("span", {class: "line"}, m.read ? null : h("span", {class: "unseen"}, "Unread."),
      h("span", {class: "cut"}, h("span", {class: "from"}, short(from)), h("span", {class: "soft"}, " to "), h("span", {class: "to"}, short(m.to) || "(no one)")),
      h("time", {datetime: m.time, title: fullTime(m.time)}, shortTime(m.time))),
    h("span", {class: "line"}, h("span", {class: "cut subject"}, short(m.subject) || "(no subject)"), h("span", {class: "grow"}),
      m.attachmentCount > 0 && h("span", {class: "soft", title: many(m.attachmentCount, "attachment")}, icon("clip"),
        h("span", {class: "unseen"}, many(m.attachmentCount, "attachment")))),
    h("span", {class: "line"}, h("span", {class: "cut soft small"}, m.preview), h("span", {class: "grow"}),
      troubles[m.status] && h("span", {class: "chip bad"}, troubles[m.status]),
      m.kind !== "transactional" && h("span", {class: "chip"}, m.kind.replace("_", " "))));
  }

  function empty() {
    if (query) {
      return h("div", {class: "empty"}, !field.wrong && h("p", {}, "No mail matches ", h("code", {}, short(query))),
        button("Show all", {onclick: () => { field.set(""); search(""); }}));
    }
    return h("p", {class: "empty"}, "Mails show up here by themselves.");
  }

  async function read() {
    anchor = null;
    newest = "";
    const whole = await list.read();
    list.remove(gone); // the others were gone before the answer
    gone = [];
    // A query that is wrong is told at its field, in the server's words.
    const wrong = query && list.failed?.status === 422 ? list.failed.body.message.replace(/^q: /, "") : "";
    field.complain(wrong);
    if (wrong) list.failed = null;
    list.sayAgain();
    if (whole && shown) list.choose(shown);
    tally();
  }

  function tally() {
    const {total, unread} = session.counts;
    const words = query ? `${number(list.length)} of ${many(total, "mail")}` : `${many(list.length, "mail")}${unread && list.length ? `, ${number(Math.min(unread, list.length))} unread` : ""}`;
    if (count.textContent !== words) count.textContent = words;
    count.ariaLive = query ? "polite" : "off"; // what arrives is announced by itself
    marking.disabled = unread === 0;
    deleting.disabled = list.length === 0;
    const bare = list.loaded && list.length === 0 && !query && !list.failed && !cleared;
    element.classList.toggle("bare", bare);
    detail.welcome(bare ? firstSteps : null);
  }

  function search(text) {
    if (text === query) read();
    else readOther(text);
    go(link("inbox", shown, {q: query}), {replace: true});
  }

  // readOther reads what another query finds, without what was deleted until now.
  async function readOther(text) {
    query = text;
    list.element.scrollTop = 0;
    await flush(part);
    hidden.clear();
    cleared = "";
    if (query === text && !closed) read();
  }

  // What arrives and goes is gathered for a moment; with a query the server says what
  // matches.
  let arrived = [];
  let gone = [];
  let waiting = 0;
  const arrive = (m) => {
    arrived.push(m);
    waiting ||= setTimeout(take, gather);
  };

  async function take() {
    const batch = arrived;
    arrived = [];
    const leaving = gone;
    gone = [];
    try {
      await list.reading; // it may have them already
      if (list.loaded) add(query ? await matching() : batch.filter((m) => m.cursor > newest).reverse());
    } catch { /* resync reads all */ }
    const unknown = drop(leaving);
    if (unknown > 0) dropUnknown(unknown);
    waiting = !closed && arrived.length + gone.length > 0 ? setTimeout(take, gather) : 0;
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
    announce(fresh.length === 1 ? `New mail: ${short(fresh[0].subject)}` : `${many(fresh.length, "new mail")}`);
    tally();
  }

  function drop(ids) {
    const before = anchor?.at;
    if (ids.length === 0) return 0;
    const unknown = list.remove(ids, (i) => { if (i <= before) anchor.at--; });
    tally();
    return unknown;
  }

  // Unknown mails that are gone were pushed out by a limit, as a rule: then they were
  // the last of the list. Whether that is so is seen a moment later.
  function dropUnknown(n) {
    if (query === "" && list.cut(n)) tally();
    settle();
  }

  const settle = later(async () => {
    await new Promise((go) => { setTimeout(go, 600); });
    const {dropped} = session.counts;
    if (!closed && (query || dropped === pushedOut)) await read();
    pushedOut = dropped;
  });

  // remove takes a mail away, and shows the next one.
  function remove(m) {
    const i = list.indexOf(m.id);
    const next = list.items[i + 1] ?? list.items[i - 1];
    const wasShown = shown === m.id;
    deleteLater({
      of: part,
      text: "Deleted the mail.",
      hide: () => {
        if (i >= 0 || query === "") hidden.set(m.id, m.cursor);
        drop([m.id]);
        if (wasShown) go(link("inbox", isWide() && next ? next.id : "", {q: query}), {replace: true});
      },
      restore: (asked) => {
        hidden.delete(m.id);
        if (!closed) read();
        if (asked && (closed || wasShown)) go(link("inbox", m.id, {q: closed ? "" : query, project: named(project)}), {replace: !closed});
      },
      send: (options) => control(`/inbox/messages/${encodeURIComponent(m.id)}`, {method: "DELETE", query: {project}, ...options}),
    });
  }

  // deleteShown deletes what the list has now, and nothing that comes later: all before
  // its newest mail, and that one.
  async function deleteShown() {
    const asked = query;
    const first = list.items[0] ?? (await tried(() => control("/inbox/messages", {query: {q: asked, limit: 1}})))?.messages[0];
    if (!first || asked !== query) return;
    deleteLater({
      of: part,
      text: `Deleted ${many(list.length, "mail")}.`,
      hide: () => {
        cleared = first.cursor;
        anchor = null;
        list.clear();
        go(link("inbox", "", {q: query}), {replace: true});
        tally();
      },
      restore: (undone) => {
        cleared = "";
        if (!closed) read();
        else if (undone) go(link("inbox", "", {q: asked, project: named(project)}));
      },
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
  // Who holds the key down passes many mails, and opens the one where the key is let go.
  let stepped = 0;
  let opening = 0;
  const step = (by) => async () => {
    const quick = Date.now() - stepped < 150;
    stepped = Date.now();
    clearTimeout(opening);
    await list.move(by);
    if (!shown || !isWide() || list.element.contains(document.activeElement)) list.focus();
    if (shown && isWide()) opening = setTimeout(() => { opening = 0; if (shown) open(list.here()); }, quick ? 150 : 0);
  };

  const listening = [
    signals.on("message", arrive),
    signals.on("changed", (m) => {
      list.replace(m);
      detail.refresh(m);
    }),
    signals.on("deleted", ({ids}) => {
      if (ids.includes(shown)) detail.gone();
      gone = gone.concat(ids.filter((id) => !hidden.delete(id)));
      waiting ||= setTimeout(take, gather);
    }),
    signals.on("resync", () => {
      read();
      detail.reread();
    }),
    signals.on("counts", tally),
    signals.on("projects", () => detail.greet()),
  ];

  function update(next) {
    const asked = next.params.get("q") ?? "";
    if (asked !== query) {
      field.set(asked);
      readOther(asked);
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
  list.reading = flush(part).then(read); // what was deleted in a view that was left is gone for good
  return {
    element, update,
    close() {
      closed = true;
      clearTimeout(waiting);
      clearTimeout(opening);
      listening.forEach((off) => off());
      list.close();
      detail.close();
    },
    keys: {
      j: step(1), k: step(-1), o: () => open(list.here()),
      u: () => detail.toggleRead(),
      "#": () => (shown && !opening ? detail.remove() : list.here() && remove(list.here())),
      c: () => detail.copyCode(),
      Esc: () => (shown ? back() : false),
      help: [["j", "Next mail"], ["k", "Mail before"], ["o", "Open"], ["c", "Copy the code"], ["u", "Read or unread"], ["#", "Delete"]],
    },
  };
}

const named = (project) => (project === "test" ? "" : project);

const troubles = {BOUNCED: "bounced", COMPLAINT: "complaint"};

export const isWide = () => matchMedia("(min-width: 900px)").matches;
