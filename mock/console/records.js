// A list of records beside the one that is chosen: contacts, events, automations and
// campaigns are shown so.

import {control, plunk, Problem} from "./api.js";
import {tick} from "./clock.js";
import {button, fill, h, icon, put} from "./dom.js";
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
export function records(name, {search: words, id, row, empty, add, show}) {
  const title = name[0].toUpperCase() + name.slice(1);
  let route = current();
  let shown; // the elements of the detail, as they were made
  let draws = 0;
  const q = () => route.params.get("q");
  const to = (of) => link(name, of, {q: q()});
  const count = h("span", {class: "soft small"});
  const search = h("input", {type: "search", placeholder: words, "aria-label": words, value: q(),
    oninput: later(async () => go(link(name, route.id, {q: search.value}), {replace: true}), 120)});
  const list = new LongList({
    rowHeight, name: title, id,
    row: (item) => h("a", {href: to(id(item))}, row(item)),
    empty: () => h("p", {class: "empty"}, q() ? "Nothing matches." : empty),
    fetch: async (offset, limit, signal) => {
      const {total, [name]: items} = await control("/" + name, {query: {q: q(), offset, limit}, signal});
      count.textContent = number(total);
      return {items, total};
    },
  });
  list.element.style.setProperty("--row", rowHeight + "px");
  const detail = h("section", {class: "detail", "aria-label": "Chosen"});
  const element = h("div", {class: "split"},
    h("div", {class: "side"}, h("header", {}, h("div", {class: "bar"}, h("h1", {}, title), count, h("span", {class: "grow"}), add), search), list.element),
    detail);

  const draw = async () => {
    const of = route.id;
    const mine = ++draws;
    element.classList.toggle("open", of !== "");
    const children = of === "" ? h("div", {class: "empty"}, icon(name), "Choose one to see it.")
      : await show(of).catch((error) => h("div", {class: "empty"}, h("h1", {}, error.status === 404 ? "It is not there, or no longer." : "It could not be read."), refusal(error)));
    if (mine !== draws) return;
    const fresh = h("div", {class: "record"}, of !== "" && h("a", {class: "button narrow-only", href: to("")}, icon("back"), "Back to the list"), children);
    tick(detail);
    if (shown) tick(shown);
    if (shown?.isEqualNode(fresh)) return;
    shown = fresh.cloneNode(true);
    redraw(detail, fresh);
  };
  const read = async () => {
    const focused = list.element.contains(document.activeElement) && document.activeElement.getAttribute("href");
    await list.read();
    list.choose(route.id);
    list.paint();
    if (focused) [...list.ul.querySelectorAll("a")].find((a) => a.getAttribute("href") === focused)?.focus({preventScroll: true});
  };
  const refresh = later(() => Promise.all([read(), draw()]), 300);
  refresh();

  const stops = onChange(refresh);
  const timer = setInterval(() => tick(detail), 5000);
  const step = async (by) => {
    const item = await list.move(by);
    if (item && route.id) go(to(id(item)), {replace: true});
    list.focus();
  };
  const back = () => {
    if (!route.id) return false;
    go(to(""));
    list.focus();
    return true;
  };
  return {
    element, title,
    update(next) {
      const before = q();
      const of = route.id;
      route = next;
      if (q() !== before) {
        if (document.activeElement !== search) search.value = q();
        list.element.scrollTop = 0;
        read();
      }
      if (route.id === of) return;
      list.choose(route.id);
      detail.scrollTop = 0;
      draw();
    },
    keys: {
      j: () => step(1), k: () => step(-1), u: back, Esc: back,
      o: () => { if (list.here()) go(to(id(list.here()))); },
      help: [["j", "Next"], ["k", "Previous"], ["o", "Open"], ["u", "Back to the list"]],
    },
    close() {
      stops();
      clearInterval(timer);
      list.close();
    },
  };
}

// onChange calls f when something in the project may have changed; what it answers
// ends that.
export function onChange(f) {
  const stops = ["message", "changed", "deleted", "clock", "resync"].map((name) => signals.on(name, f));
  stops.push(signals.on("request", ({method}) => { if (method !== "GET") f(); }));
  return () => stops.forEach((stop) => stop());
}

// redraw fills an element anew; the place that was scrolled to stays, and the focus on
// what has the same name, or else the same place.
export function redraw(element, ...children) {
  const {scrollTop} = element;
  const named = (e) => e.getAttribute("aria-label") ?? e.textContent;
  const focused = element.contains(document.activeElement) && document.activeElement;
  const alike = () => [...element.querySelectorAll(focused.tagName)];
  const place = focused && alike().indexOf(focused);
  fill(element, children);
  element.scrollTop = scrollTop;
  if (focused) (alike().find((e) => named(e) === named(focused)) ?? alike()[place])?.focus({preventScroll: true});
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
