// The journal of what was called: a list, and one call beside it.

import {control, server} from "../api.js";
import {keyWords, statusChip} from "../callwords.js";
import {button, fill, h, icon} from "../dom.js";
import {handOver} from "../focus.js";
import {fullTime, many, milliseconds, number, shortTime} from "../format.js";
import {LongList} from "../list.js";
import {operations} from "../operations.js";
import {current, go, link} from "../route.js";
import {later, session, signals} from "../session.js";
import {announce, toast} from "../toast.js";
import {deleteLater} from "../undo.js";
import {Detail} from "./request.js";

const most = 1000; // what the server gives at once
const gather = 60; // ms; calls of that time are shown at once
const lookEvery = 3000; // ms; the stream does not tell of calls without a key

export default function view(route) { return new Requests(route); }

class Requests {
  constructor(route) {
    this.project = session.project;
    this.arrived = []; // not shown yet, the newest first
    this.reading = 0; // reads under way
    this.readTo = ""; // the cursor of what the list was read up to
    this.gone = ""; // calls up to this cursor are hidden: they will be deleted
    this.list = new LongList({
      name: "Calls", rowHeight: 58, id: (call) => call.id, row: (call) => this.row(call),
      fetch: (offset, limit, signal) => this.fetch(offset, limit, signal),
      empty: () => this.empty(),
    });
    this.list.element.style.setProperty("--row", "58px");
    this.detail = new Detail({
      step: (by) => this.step(by), back: () => this.open(""), link: (id) => this.link(id),
    });
    this.build();
    this.keys = this.bindings();
    this.offs = [
      signals.on("request", (call) => this.arrive(call)),
      signals.on("message", () => this.detail.mailed()),
      signals.on("resync", () => { this.read(); this.detail.read(); }),
      signals.on("rules", () => this.detail.ruled()),
    ];
    this.look = later(() => this.countKeyless());
    this.timer = setInterval(() => document.hidden || !session.connected || this.look(), lookEvery);
    this.look();
    this.update(route);
    operations().then((ids) => this.drawOperations(ids));
  }

  build() {
    this.search = h("input", {type: "search", "aria-label": "Search calls", placeholder: "Words in path, query or body", oninput: () => this.typed()});
    this.status = h("select", {"aria-label": "Status", onchange: () => this.filter({status: this.status.value})},
      [["", "Any status"], ["2xx", "2xx fine"], ["4xx", "4xx refused"], ["401", "401"], ["404", "404"], ["422", "422"], ["429", "429"], ["5xx", "5xx failed"], ["0", "Cut before an answer"]]
        .map(([value, label]) => h("option", {value}, label)));
    this.operation = h("select", {"aria-label": "Operation", onchange: () => this.filter({operation: this.operation.value})}, h("option", {value: ""}, "Any operation"));
    this.keyless = button("Without a key", {icon: "key", class: "small", onclick: () => this.filter({keyless: current().params.get("keyless") ? "" : "1"})});
    this.keylessCount = h("span", {class: "badge"});
    this.keyless.append(this.keylessCount);
    this.told = h("span", {class: "soft small cut"});
    this.lost = h("p", {class: "soft small", hidden: true});
    this.remove = button("Delete all", {icon: "trash", quiet: true, onclick: () => this.deleteShown()});
    this.element = h("div", {class: "split requests"},
      h("section", {class: "side", "aria-label": "Requests"},
        h("header", {},
          h("div", {class: "bar"}, h("h1", {}, "Requests"), this.told, h("span", {class: "grow"}), this.keyless, this.remove),
          h("div", {class: "filters"}, this.search, this.status, this.operation), this.lost),
        this.list.element),
      this.detail.element);
  }

  bindings() {
    return {
      j: () => { this.step(1); }, k: () => { this.step(-1); },
      o: () => this.openHere(),
      Enter: () => (document.activeElement?.closest("a, button") ? false : this.openHere()),
      c: () => this.detail.copy(), r: () => this.detail.repeat(),
      Esc: () => (current().id ? this.open("") : false),
      help: [["j", "Older call"], ["k", "Newer call"], ["o", "Open the call"], ["c", "Copy as curl"], ["r", "Repeat now"]],
    };
  }

  // step goes to a neighbour: it is opened when a call is open, else marked.
  async step(by) {
    const call = await this.list.move(by);
    if (!call) return;
    if (!current().id || this.list.element.contains(document.activeElement)) this.list.focus();
    if (current().id) this.open(call.id, {replace: true});
  }

  openHere() {
    const call = this.list.here();
    if (call) this.open(call.id);
    return Boolean(call);
  }

  link(id) { return link("requests", id, this.filters); }

  open(id, options) { go(this.link(id), options); }

  update({id, params}) {
    const filters = {};
    for (const name of ["q", "status", "operation", "keyless"]) filters[name] = params.get(name) ?? "";
    const others = JSON.stringify(filters) !== JSON.stringify(this.filters);
    this.filters = filters;
    if (others) {
      this.settle();
      this.drawFilters();
      this.list.element.scrollTop = 0;
      this.list.at = -1;
      this.read();
    }
    const opened = this.element.classList.contains("open");
    this.element.classList.toggle("open", Boolean(id));
    this.list.choose(id);
    this.detail.show(id);
    if (opened !== Boolean(id)) handOver(this.list, this.detail.element, Boolean(id));
  }

  drawFilters() {
    const {q, status, operation, keyless} = this.filters;
    if (document.activeElement !== this.search) this.search.value = q;
    if (status && ![...this.status.options].some((o) => o.value === status)) this.status.append(h("option", {value: status}, status));
    if (operation && ![...this.operation.options].some((o) => o.value === operation)) this.operation.append(h("option", {value: operation}, operation));
    this.status.value = status;
    this.operation.value = operation;
    this.keyless.setAttribute("aria-pressed", String(Boolean(keyless)));
    const label = this.filtered() ? "Delete those shown" : "Delete all";
    this.remove.setAttribute("aria-label", label);
    this.remove.title = label;
  }

  drawOperations(ids) {
    fill(this.operation, h("option", {value: ""}, "Any operation"), ids.map((id) => h("option", {value: id}, id)));
    this.drawFilters();
  }

  filtered() { return Boolean(this.filters.q || this.filters.status || this.filters.operation); }

  typed() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.filter({q: this.search.value.trim()}), 200);
  }

  filter(change) { go(link("requests", current().id, {...this.filters, ...change}), {replace: true}); }

  // ask reads a page of the journal that is shown.
  ask(query, signal) {
    const {q, status, operation, keyless} = this.filters;
    const options = {signal, query: {q, status, operation, after: this.gone, ...query}};
    return keyless ? server("/requests/unassigned", options) : control("/requests", options);
  }

  // fetch answers a part of the list. The journal is read by cursors, so it goes on
  // from the nearest call that is known above.
  async fetch(offset, limit, signal) {
    let at = 0;
    let before = "";
    if (signal) { // a page of the list that is shown, not the list anew
      const {items} = this.list;
      for (let i = offset; i > 0 && !before; i--) {
        if (items[i - 1]) [at, before] = [i, items[i - 1].cursor];
      }
    }
    const found = [];
    let page;
    do {
      page = await this.ask({before, limit: Math.min(offset + limit - at - found.length, most)}, signal);
      found.push(...page.requests);
      before = page.next;
    } while (before && at + found.length < offset + limit);
    if (!signal) {
      this.tell(page);
      this.readTo = page.cursor;
    }
    return {items: found.slice(offset - at), total: signal ? this.list.length : Math.max(page.total, found.length)};
  }

  // read reads the list anew; what arrives in the meantime waits.
  async read() {
    this.reading++;
    try {
      await this.list.read();
    } finally {
      if (--this.reading === 0) this.drawArrived();
    }
  }

  // tell says how many calls there are, and how many no longer.
  tell({total, dropped}) {
    this.total = total;
    this.dropped = dropped;
    this.told.textContent = many(total, "call");
    this.lost.hidden = !dropped;
    this.lost.textContent = `The journal is full: ${many(dropped, "older call")} dropped.`;
  }

  row(call) {
    const [wrong] = call.violations;
    const mails = call.messages.length;
    const smtp = call.method === "SMTP";
    const told = wrong ? [wrong.field, " ", wrong.message] : smtp && call.status >= 400 ? call.response.body : "";
    return h("a", {href: this.link(call.id)},
      h("span", {class: "line"}, statusChip(call),
        h("span", {class: "mono cut"}, h("b", {}, call.method), " ", smtp ? "mail" : call.mount + call.path),
        h("time", {datetime: call.time, title: fullTime(call.time)}, shortTime(call.time))),
      h("span", {class: "line small soft"},
        h("span", {class: "cut"}, call.operation ?? "unknown route", told || !smtp ? " · " : "", told ? h("span", {class: "bad"}, told) : keyWords(call)),
        h("span", {class: "marks"},
          call.fault && h("span", {class: "bad", title: "Struck by a fault"}, icon("faults"), h("span", {class: "unseen"}, "struck by a fault: "), call.fault.did),
          call.warnings.length > 0 && h("span", {class: "warn", title: many(call.warnings.length, "warning")}, icon("warn"), call.warnings.length, h("span", {class: "unseen"}, " warnings")),
          mails > 0 && h("span", {title: many(mails, "mail")}, icon("inbox"), mails, h("span", {class: "unseen"}, " mails")),
          h("span", {}, milliseconds(call.duration)))));
  }

  empty() {
    if (this.filtered()) {
      return h("div", {class: "empty"}, h("p", {}, "No call is like this."),
        button("Show all", {onclick: () => { this.search.value = ""; this.filter({q: "", status: "", operation: ""}); }}));
    }
    if (this.filters.keyless) return h("div", {class: "empty"}, h("p", {}, "Every call had a key that names a project."));
    return h("div", {class: "empty"}, h("p", {}, "Nothing has been called in this project yet."),
      h("p", {}, h("a", {href: link("start")}, "How to make the first call"), this.missing ? [" · ", h("a", {href: link("requests", "", {keyless: "1"})}, many(this.missing, "call"), " without a key")] : ""));
  }

  // arrive shows a new call in a moment, together with others. A window that is hidden
  // has few such moments, and keeps no more than the list could show.
  arrive(call) {
    this.detail.arrived(call);
    if (this.filters.keyless) return;
    this.firstSince ||= call.cursor;
    if (!this.fits(call)) return;
    this.arrived.unshift(call);
    this.arrived.length = Math.min(this.arrived.length, most);
    this.drawing ||= setTimeout(() => this.drawArrived(), gather);
  }

  drawArrived() {
    this.drawing = 0;
    if (this.reading > 0) return;
    const news = this.arrived.filter(({cursor}) => cursor > this.readTo);
    this.arrived = [];
    if (news.length === 0) return;
    this.list.prepend(news);
    if (news.some(({id}) => id === this.list.chosen)) this.list.choose(this.list.chosen); // it was opened before it came
    this.tell({total: this.total + news.length, dropped: this.dropped});
    this.fresh = (this.fresh ?? 0) + news.length;
    this.sayFresh();
    // The journal is full when it begins to drop: what it still has, it tells best.
    if (this.dropped > 0 || this.list.length >= most) this.recount();
  }

  sayFresh = later(async () => {
    announce(many(this.fresh, "new call"));
    this.fresh = 0;
  }, 3000);

  recount = later(async () => {
    const page = await this.ask({limit: 0});
    if (page.total < this.list.length) await this.read();
    else this.tell(page);
  }, 2000);

  // fits says whether a call is one of those that the filters leave.
  fits(call) {
    const {q, status, operation} = this.filters;
    if (operation && call.operation !== operation) return false;
    if (status && String(call.status) !== status && `${Math.floor(call.status / 100)}xx` !== status) return false;
    const text = [call.mount + call.path, call.query, call.body, call.response.body].join("\n").toLowerCase();
    return q.toLowerCase().split(/\s+/).every((word) => text.includes(word));
  }

  async countKeyless() {
    const {total, cursor} = await server("/requests/unassigned", {query: {limit: 0}});
    const others = cursor + total !== this.lookedUpTo;
    this.lookedUpTo = cursor + total;
    this.missing = total;
    this.keylessCount.textContent = total ? number(total) : "";
    this.keyless.title = "Calls of all clients whose key is missing or wrong";
    if (others && this.filters.keyless) this.read();
    else if (others && this.list.length === 0) this.list.sayAgain();
  }

  // deleteShown hides what is shown now, and not what arrives from now on.
  deleteShown() {
    const newest = this.list.items.find(Boolean);
    if (!newest) {
      toast("There is nothing to delete.");
      return;
    }
    const {q, status, operation, keyless} = this.filters;
    const {project} = this;
    this.settle();
    this.firstSince = "";
    this.flush = deleteLater({
      text: `Deleted ${many(this.total, "call")}.`,
      hide: () => { this.gone = newest.cursor; this.open(""); this.read(); },
      restore: () => { this.gone = ""; this.read(); },
      send: async (options) => {
        const ask = (of) => (keyless ? server("/requests/unassigned", of) : control("/requests", of));
        const query = {...(keyless ? {} : {project}), q, status, operation};
        // When the window is closed, there is no time to ask what has come since.
        const since = options.keepalive ? [] : (await ask({query: {...query, after: newest.cursor, limit: most}})).requests;
        await ask({method: "DELETE", query: {...query, before: since.at(-1)?.cursor ?? this.firstSince}, ...options});
        this.gone = "";
        if (!options.keepalive && !this.closed) this.read();
      },
    });
    announce("Deleted. Undo is offered for six seconds.");
  }

  // settle deletes what waits for it.
  settle() {
    this.flush?.();
    this.flush = null;
  }

  close() {
    this.closed = true;
    this.settle();
    this.offs.forEach((off) => off());
    clearInterval(this.timer);
    clearTimeout(this.typing);
    clearTimeout(this.drawing);
    this.list.close();
    this.detail.close();
  }
}
