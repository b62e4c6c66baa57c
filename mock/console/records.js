// A list of records beside the one that is chosen: contacts, events, automations and
// campaigns are shown so.

import {control, plunk, Problem} from "./api.js";
import {tick} from "./clock.js";
import {button, fill, h, icon, put} from "./dom.js";
import {handOver} from "./focus.js";
import {ask, refusal} from "./form.js";
import {number, shortTime} from "./format.js";
import {LongList} from "./list.js";
import {current, go, link} from "./route.js";
import {later, signals} from "./session.js";

const rowHeight = 58;

// records makes a view of what the control API lists under a name.
//
//   search   what can be searched for
//   id, row  of a record; row answers two lines
//   empty    what is said when there is none
//   add      the button that makes one
//   show     (id) → the elements of one; it refuses when there is none
export function records(name, options) { return new Records(name, options); }

class Records {
  #route = current();
  #shown; // the elements of the detail, as they were made
  #draws = 0;
  #detail = h("section", {class: "detail", "aria-label": "Chosen", tabindex: "-1"});

  constructor(name, options) {
    Object.assign(this, options);
    this.name = name;
    this.title = name[0].toUpperCase() + name.slice(1);
    const count = h("span", {class: "soft small"});
    this.field = h("input", {type: "search", placeholder: this.search, "aria-label": this.search, value: this.#q,
      oninput: later(async () => go(link(name, this.#route.id, {q: this.field.value}), {replace: true}), 120)});
    this.list = new LongList({
      rowHeight, name: this.title, id: this.id,
      row: (item) => h("a", {href: this.#to(this.id(item))}, this.row(item)),
      empty: () => h("p", {class: "empty"}, this.#q ? "Nothing matches." : this.empty),
      fetch: async (offset, limit, signal) => {
        const {total, [name]: items} = await control("/" + name, {query: {q: this.#q, offset, limit}, signal});
        count.textContent = number(total);
        return {items, total};
      },
    });
    this.list.element.style.setProperty("--row", rowHeight + "px");
    this.element = h("div", {class: "split"},
      h("div", {class: "side"}, h("header", {}, h("div", {class: "bar"}, h("h1", {}, this.title), count, h("span", {class: "grow"}), this.add), this.field), this.list.element),
      this.#detail);
    const refresh = later(() => Promise.all([this.#read(), this.#draw()]), 300);
    refresh();
    this.stop = onChange(refresh);
    this.timer = setInterval(() => tick(this.#detail), 5000);
  }

  get #q() { return this.#route.params.get("q"); }

  #to(id) { return link(this.name, id, {q: this.#q}); }

  // #draw shows the record of the route. What is the same is left as it is.
  async #draw() {
    const {id} = this.#route;
    const mine = ++this.#draws;
    this.element.classList.toggle("open", id !== "");
    const children = id === "" ? h("div", {class: "empty"}, icon(this.name), "Choose one to see it.")
      : await this.show(id).catch((error) => h("div", {class: "empty"}, h("h1", {}, error.status === 404 ? "It is not there, or no longer." : "It could not be read."), refusal(error)));
    if (mine !== this.#draws) return;
    const fresh = h("div", {class: "record"}, id !== "" && h("a", {class: "button narrow-only", href: this.#to("")}, icon("back"), "Back to the list"), children);
    tick(this.#detail);
    if (this.#shown) tick(this.#shown);
    if (this.#shown?.isEqualNode(fresh)) return;
    this.#shown = fresh.cloneNode(true);
    redraw(this.#detail, fresh);
  }

  async #read() {
    await this.list.read();
    this.list.choose(this.#route.id);
  }

  update(route) {
    const [q, {id}] = [this.#q, this.#route];
    this.#route = route;
    if (this.#q !== q) {
      if (document.activeElement !== this.field) this.field.value = this.#q;
      this.list.element.scrollTop = 0;
      this.#read();
    }
    if (route.id === id) return;
    this.list.choose(route.id);
    this.#detail.scrollTop = 0;
    this.#draw();
    if (!route.id || !id) handOver(this.list, this.#detail, Boolean(route.id));
  }

  async #step(by) {
    const item = await this.list.move(by);
    if (item && this.#route.id) go(this.#to(this.id(item)), {replace: true});
    this.list.focus();
  }

  #open() {
    const item = this.list.here();
    if (item) go(this.#to(this.id(item)));
  }

  #back() {
    if (!this.#route.id) return false;
    go(this.#to(""));
    return true;
  }

  keys = {
    j: () => this.#step(1), k: () => this.#step(-1), o: () => this.#open(), u: () => this.#back(), Esc: () => this.#back(),
    help: [["j", "Next"], ["k", "Previous"], ["o", "Open"], ["u", "Back to the list"]],
  };

  close() {
    this.stop();
    clearInterval(this.timer);
    this.list.close();
  }
}

// onChange calls f when something in the project may have changed; what it answers
// ends that.
export function onChange(f) {
  const stops = ["message", "changed", "deleted", "clock", "resync"].map((name) => signals.on(name, f));
  stops.push(signals.on("request", ({method}) => { if (method !== "GET") f(); }));
  return () => stops.forEach((stop) => stop());
}

// redraw fills an element anew; the place that was scrolled to stays.
export function redraw(element, ...children) {
  const {scrollTop} = element;
  fill(element, children);
  element.scrollTop = scrollTop;
}

// find reads one record of a listing, by its id, name or address.
export async function find(name, id) {
  const {[name]: found} = await control("/" + name, {query: {q: id, limit: 1000}});
  const one = found.find((r) => r.id === id) ?? found.find((r) => (r.name ?? r.email) === id);
  if (!one) throw new Problem("", 404);
  return one;
}

// erase asks before it deletes a record by the Plunk API.
export function erase(name, id, what, words) {
  ask(`Delete ${what}?`, h("p", {}, words), "Delete it", async () => {
    await plunk("/" + name, {method: "DELETE", body: {id}});
    go(link(name, "", {q: current().params.get("q")}));
    return `Deleted ${what}.`;
  }, true);
}

// some shows the first of many things, and a button for more of them.
export function some(list, make, first) {
  const ul = h("ul", {class: "items"}, list.slice(0, first).map(make));
  const more = list.length > first && button("Show more", {onclick: () => {
    const n = ul.children.length;
    put(ul, list.slice(n, n + 1000).map(make));
    if (n + 1000 >= list.length) more.remove();
  }});
  return [ul, more];
}

// mails is a section of the mails of something: mails({campaign: id}).
export async function mails(query) {
  const {messages, total} = await control("/inbox/messages", {query: {limit: 20, ...query}});
  return section(`Mails (${number(total)})`,
    total === 0 ? h("p", {class: "soft"}, "None yet.") : h("ul", {class: "items"}, messages.map((m) => h("li", {}, h("span", {}, mail(m)), h("span", {class: "soft cut"}, "to ", m.to), h("time", {class: "soft small"}, shortTime(m.time))))),
    total > messages.length && h("p", {class: "soft small"}, `The newest ${messages.length}.`));
}

// mail is a link to a mail, with what became of it.
export function mail({id, subject, kind, status}) {
  const tone = {OPENED: "good", BOUNCED: "bad", COMPLAINT: "bad"}[status];
  return [h("a", {href: link("inbox", id)}, subject || "(no subject)"), " ", chip(kind.replace("_", " ")), " ", chip(status.toLowerCase(), tone)];
}

export function chip(words, tone = "") { return h("span", {class: "chip " + tone}, words); }

export function section(title, ...children) { return h("section", {}, h("h2", {}, title), children); }

// line is the first line of a row.
export function line(words, end) { return h("span", {class: "line"}, h("span", {class: "cut grow"}, words), end); }

// head is what stands above a record: its name, what it is, what can be done with it.
export function head(name, chips, ...buttons) {
  return h("header", {class: "head"}, h("h1", {}, name), h("div", {class: "bar"}, chips), h("div", {class: "buttons"}, buttons));
}

// links writes them in a row.
export function links(view, list, word, id = (r) => r.id) {
  return list.map((r, i) => [i > 0 && ` ${word} `, h("a", {href: link(view, id(r))}, r.name)]);
}

// source shows text as it is.
export function source(text) { return h("div", {class: "code"}, h("pre", {tabindex: "0"}, text)); }

// facts is a list of terms and what they are.
export function facts(of) {
  return h("dl", {class: "facts"}, Object.entries(of).filter(([, what]) => what && what.length !== 0).map(([term, what]) => [h("dt", {}, term), h("dd", {}, what)]));
}
