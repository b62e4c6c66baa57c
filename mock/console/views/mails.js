// Which mails the list of the inbox has: what a query matches, what has arrived and
// gone, what is hidden until it is deleted for good.

import {control} from "../api.js";
import {many, short} from "../format.js";
import {LongList} from "../list.js";
import {later, session, signals} from "../session.js";
import {announce, tried} from "../toast.js";
import {deleteLater, flush} from "../undo.js";

const gather = 60; // ms; arrivals of that time are shown at once

// Mails keeps a list up to date.
//
//   query     what the mails match
//   list      options of the LongList, but for id and fetch
//   wasRead   (whole) → hears that the list was read anew, or not the whole of it
//   changed   () → hears that mails have come or gone
export class Mails {
  // Rows from the anchor on are asked for from its cursor: they do not move while mails
  // arrive.
  #anchor = null;
  #newest = ""; // the cursor of the newest mail that the list knows
  // What is deleted but can still be had back: the server has it, the list has not.
  #hidden = new Map(); // id → cursor
  #cleared = ""; // all up to this cursor
  #pushedOut = 0; // how many mails a limit had pushed out
  // What arrives and goes is gathered for a moment.
  #arrived = [];
  #gone = []; // ids
  #waiting = 0; // the timer of that moment
  #unsaid = []; // what has come since it was last said
  #closed = false;

  constructor({list, ...options}) {
    Object.assign(this, options);
    this.project = session.project; // also when it is another by the time of deleting
    this.part = "inbox " + this.project; // of what waits to be deleted
    this.list = new LongList({...list, id: (m) => m.id, fetch: (...page) => this.#fetch(...page)});
    this.offs = [
      signals.on("message", (m) => {
        this.#arrived.push(m);
        this.#wait();
      }),
      signals.on("deleted", ({ids}) => {
        this.#gone.push(...ids.filter((id) => !this.#hidden.delete(id)));
        this.#wait();
      }),
    ];
    // What was deleted in a view that was left is gone for good.
    this.list.reading = flush(this.part).then(() => this.read());
  }

  async #fetch(offset, limit, signal) {
    const above = this.#anchor && offset > this.#anchor.at ? this.#anchor : null;
    const page = await control("/inbox/messages", {signal, query: {
      q: this.query, limit: limit + this.#hidden.size, after: this.#cleared,
      ...(above ? {before: above.cursor, offset: offset - above.at - 1} : {offset}),
    }});
    const [first] = page.messages;
    if (offset === 0 && first) this.#newest = first.cursor;
    this.#newest ||= page.cursor;
    const passed = [...this.#hidden.values()].filter((cursor) => first && cursor > first.cursor && !(above && cursor >= above.cursor)).length;
    const items = page.messages.filter((m) => !this.#hidden.has(m.id)).slice(passed, passed + limit);
    if (!this.#anchor) {
      this.#pushedOut = page.dropped;
      if (items.length > 0) this.#anchor = {at: offset, cursor: items[0].cursor};
    }
    return {items, total: page.total - this.#hidden.size};
  }

  // read reads the list anew.
  async read() {
    if (this.#closed) return;
    this.#anchor = null;
    this.#newest = "";
    const whole = await this.list.read();
    if (this.#closed) return;
    this.list.remove(this.#gone); // the others were gone before the answer
    this.#gone = [];
    this.wasRead(whole);
  }

  // find reads what another query matches, without what was deleted until now.
  async find(query) {
    this.query = query;
    this.list.element.scrollTop = 0;
    await flush(this.part);
    this.#hidden.clear();
    this.#cleared = "";
    if (this.query === query) await this.read();
  }

  // lacks says that a mail is not there. It says so only if all mails are known.
  lacks(id) {
    const {loaded, failed, items} = this.list;
    const all = loaded && !failed && !this.query && !this.#cleared && !items.includes(undefined);
    return all && !this.#hidden.has(id) && this.list.indexOf(id) < 0;
  }

  #wait() {
    if (!this.#closed) this.#waiting ||= setTimeout(() => this.#take(), gather);
  }

  async #take() {
    const [arrived, gone] = [this.#arrived, this.#gone];
    this.#arrived = [];
    this.#gone = [];
    try {
      await this.list.reading; // it may have them already
      if (this.#closed) return;
      if (this.list.loaded) this.#add(this.query ? await this.#matching() : arrived.reverse());
    } catch { /* resync reads all */ }
    const unknown = this.#drop(gone);
    if (unknown > 0) this.#dropUnknown(unknown);
    this.#waiting = 0;
    if (this.#arrived.length + this.#gone.length > 0) this.#wait();
  }

  // #matching asks the server which of the new mails the query matches.
  async #matching() {
    const {query} = this;
    const {messages} = await control("/inbox/messages", {query: {q: query, after: this.#newest, limit: 1000}});
    return query === this.query ? messages : [];
  }

  #add(mails) {
    const fresh = mails.filter((m) => m.cursor > this.#newest);
    if (fresh.length === 0) return;
    this.#newest = fresh[0].cursor;
    if (this.#anchor) this.#anchor.at += fresh.length;
    this.list.prepend(fresh);
    this.#unsaid.push(...fresh);
    this.#sayNew();
    this.changed();
  }

  #sayNew = later(async () => {
    if (this.#closed) return;
    announce(this.#unsaid.length === 1 ? `New mail: ${short(this.#unsaid[0].subject)}` : many(this.#unsaid.length, "new mail"));
    this.#unsaid = [];
  }, 3000);

  // #drop takes mails out of the list, and answers how many of them are not known.
  #drop(ids) {
    if (ids.length === 0) return 0;
    const before = this.#anchor?.at;
    const unknown = this.list.remove(ids, (i) => { if (i <= before) this.#anchor.at--; });
    this.changed();
    return unknown;
  }

  // Unknown mails that are gone were pushed out by a limit, as a rule: then they were
  // the last of the list. Whether that is so is seen a moment later.
  #dropUnknown(n) {
    if (this.query === "" && this.list.cut(n)) this.changed();
    this.#settle();
  }

  #settle = later(async () => {
    await new Promise((go) => { setTimeout(go, 600); });
    const {dropped} = session.counts;
    if (this.query || dropped === this.#pushedOut) await this.read();
    this.#pushedOut = dropped;
  });

  // remove takes a mail away. away() is called then; back(asked) when it is there again,
  // because someone has asked for that or because deleting has failed.
  remove(m, away, back) {
    deleteLater({
      of: this.part,
      text: "Deleted the mail.",
      hide: () => {
        if (this.query === "" || this.list.indexOf(m.id) >= 0) this.#hidden.set(m.id, m.cursor);
        this.#drop([m.id]);
        away();
      },
      restore: (asked) => {
        this.#hidden.delete(m.id);
        this.read();
        back(asked);
      },
      send: (options) => this.#delete(m, options),
    });
  }

  // removeAll takes away what the list has now, and nothing that comes later: all before
  // its newest mail, and that one.
  async removeAll(away, back) {
    const {query: q, project} = this;
    const first = this.list.items[0] ?? (await tried(() => control("/inbox/messages", {query: {q, limit: 1}})))?.messages[0];
    if (!first || q !== this.query || this.#closed) return;
    deleteLater({
      of: this.part,
      text: `Deleted ${many(this.list.length, "mail")}.`,
      hide: () => {
        this.#cleared = first.cursor;
        this.#anchor = null;
        this.list.clear();
        this.changed();
        away();
      },
      restore: (asked) => {
        this.#cleared = "";
        this.read();
        back(asked);
      },
      send: (options) => Promise.all([ // at once: there may be no time for a second call when the window is closed
        control("/inbox/messages", {method: "DELETE", query: {project, q, before: first.cursor}, ...options}),
        this.#delete(first, options),
      ]),
    });
  }

  // #delete is done as well when someone else was first.
  #delete({id}, options) {
    return control(`/inbox/messages/${encodeURIComponent(id)}`, {method: "DELETE", query: {project: this.project}, ...options})
      .catch((error) => { if (error.status !== 404) throw error; });
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#waiting);
    this.offs.forEach((off) => off());
    this.list.close();
  }
}
