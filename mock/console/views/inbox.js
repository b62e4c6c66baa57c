// The inbox: the list of mails, live, and one of them beside it.

import {control} from "../api.js";
import {button, h, icon} from "../dom.js";
import {handOver} from "../focus.js";
import {fullTime, many, number, short, shortTime} from "../format.js";
import {go, link} from "../route.js";
import {session, signals} from "../session.js";
import {tried} from "../toast.js";
import {Mails} from "./mails.js";
import {Message} from "./message.js";
import {SearchField} from "./search.js";
import {firstSteps} from "./start.js";

const troubles = {BOUNCED: "bounced", COMPLAINT: "complaint"};

export default function view(route) { return new Inbox(route); }

class Inbox {
  #shown = ""; // the id of the mail beside the list
  #stepped = 0; // when a key went to a mail
  #opening = 0; // the timer of opening it
  #closed = false;

  constructor(route) {
    this.mails = new Mails({
      query: route.params.get("q") ?? "",
      list: {rowHeight: 78, name: "Mails", row: (m) => this.#row(m), empty: () => this.#empty()},
      wasRead: (whole) => this.#wasRead(whole),
      changed: () => this.#tally(),
    });
    this.list = this.mails.list;
    this.field = new SearchField(this.mails.query, (text) => this.#search(text));
    this.message = new Message({
      changed: (m) => this.list.replace(m), remove: (m) => this.#remove(m), back: () => this.#open(""),
    });
    this.#build();
    this.keys = this.#bindings();
    this.offs = [
      signals.on("changed", (m) => {
        this.list.replace(m);
        this.message.refresh(m);
      }),
      signals.on("deleted", ({ids}) => { if (ids.includes(this.#shown)) this.message.gone(); }),
      signals.on("resync", () => this.#readAll()),
      signals.on("counts", () => this.#tally()),
      signals.on("projects", () => this.message.greet()),
    ];
    this.update(route);
  }

  #build() {
    this.count = h("p", {class: "soft small"});
    this.marking = button("Mark all as read", {icon: "eye", quiet: true, onclick: () => this.#markAll()});
    this.deleting = button("Delete those shown", {icon: "trash", quiet: true, onclick: () => this.#removeAll()});
    this.detail = h("section", {class: "detail", "aria-label": "Mail", tabindex: "-1"}, this.message.element);
    this.element = h("div", {class: "split"},
      h("section", {class: "side", "aria-labelledby": "inbox-title"},
        h("header", {},
          h("div", {class: "bar"}, h("h1", {id: "inbox-title"}, "Inbox"), this.count, h("span", {class: "grow"}), this.marking, this.deleting),
          this.field.element),
        this.list.element),
      this.detail);
  }

  #bindings() {
    return {
      j: () => this.#step(1), k: () => this.#step(-1), o: () => this.#openHere(),
      u: () => this.message.toggleRead(),
      "#": () => {
        const m = this.#shown && !this.#opening ? this.message.mail : this.list.here();
        if (m) this.#remove(m);
      },
      c: () => this.message.copyCode(),
      Esc: () => (this.#shown ? this.#open("") : false),
      help: [["j", "Next mail"], ["k", "Mail before"], ["o", "Open"], ["c", "Copy the code"], ["u", "Read or unread"], ["#", "Delete"]],
    };
  }

  update({id, params}) {
    const query = params.get("q") ?? "";
    if (query !== this.mails.query) {
      this.field.set(query);
      this.mails.find(query);
    }
    this.#shown = id;
    const opened = this.element.classList.contains("open");
    this.element.classList.toggle("open", id !== "");
    this.list.choose(id);
    this.list.sayAgain();
    this.message.show(id, params.get("tab"));
    if (opened !== (id !== "")) handOver(this.list, this.detail, id !== "");
    this.#tally();
  }

  #link(id) { return link("inbox", id, {q: this.mails.query}); }

  #open(id, options) { go(this.#link(id), options); }

  #openHere() {
    const m = this.list.here();
    if (m) this.#open(m.id, {replace: this.#shown !== ""});
  }

  // #step goes to a neighbour. Who holds the key down passes many mails, and opens the
  // one where the key is let go.
  async #step(by) {
    const quick = Date.now() - this.#stepped < 150;
    this.#stepped = Date.now();
    clearTimeout(this.#opening);
    await this.list.move(by);
    if (this.#closed) return;
    if (!this.#shown || this.list.element.contains(document.activeElement)) this.list.focus();
    if (!this.#shown) return;
    this.#opening = setTimeout(() => {
      this.#opening = 0;
      if (this.#shown) this.#openHere();
    }, quick ? 150 : 0);
  }

  #row(m) {
    const from = m.from.name || m.from.address || "(no sender)";
    return h("a", {
      class: "mail" + (m.read ? "" : " unread"), href: this.#link(m.id),
      onclick: () => { this.list.at = this.list.indexOf(m.id); },
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

  #empty() {
    const {query} = this.mails;
    if (!query) return h("p", {class: "empty"}, "Mails show up here by themselves.");
    return h("div", {class: "empty"}, !this.field.wrong && h("p", {}, "No mail matches ", h("code", {}, short(query))),
      button("Show all", {onclick: () => { this.field.set(""); this.#search(""); }}));
  }

  #search(text) {
    if (text === this.mails.query) this.mails.read();
    else this.mails.find(text);
    this.#open(this.#shown, {replace: true});
  }

  #wasRead(whole) {
    // A query that is wrong is told at its field, in the server's words.
    const {failed} = this.list;
    const wrong = this.mails.query && failed?.status === 422 ? (failed.body?.message ?? failed.message).replace(/^q: /, "") : "";
    this.field.complain(wrong);
    if (wrong) this.list.failed = null;
    this.list.sayAgain();
    if (whole && this.#shown) this.list.choose(this.#shown);
    this.#tally();
  }

  // #readAll reads the list, and the mail beside it unless the list shows it gone.
  async #readAll() {
    await this.mails.read();
    await this.list.reading; // another one may have begun
    if (this.#closed || !this.#shown) return;
    if (this.mails.lacks(this.#shown)) this.message.gone();
    else this.message.reread();
  }

  #tally() {
    const {list, mails: {query}} = this;
    const {total, unread} = session.counts;
    const words = list.failed && !query ? "" : query ? `${number(list.length)} of ${many(total, "mail")}` : `${many(list.length, "mail")}${unread && list.length ? `, ${number(Math.min(unread, list.length))} unread` : ""}`;
    if (this.count.textContent !== words) this.count.textContent = words;
    this.count.ariaLive = query ? "polite" : "off"; // what arrives is announced by itself
    this.marking.disabled = unread === 0;
    this.deleting.disabled = list.length === 0;
    const bare = list.loaded && list.length === 0 && !query && !list.failed;
    this.element.classList.toggle("bare", bare);
    this.message.welcome(bare ? firstSteps : null);
  }

  #markAll() { return tried(() => control("/inbox/messages/read", {method: "POST", query: {q: this.mails.query}})); }

  // #remove takes a mail away, and shows the next one.
  #remove(m) {
    const i = this.list.indexOf(m.id);
    const next = this.list.items[i + 1] ?? this.list.items[i - 1];
    const wasShown = this.#shown === m.id;
    this.mails.remove(m, () => {
      if (wasShown) this.#open(isWide() && next ? next.id : "", {replace: true});
    }, (asked) => {
      if (!asked) return;
      if (this.#closed) this.#goBack(m.id, "");
      else if (wasShown) this.#open(m.id, {replace: true});
    });
  }

  #removeAll() {
    const {query} = this.mails;
    this.mails.removeAll(() => this.#open("", {replace: true}), (asked) => {
      if (asked && this.#closed) this.#goBack("", query);
    });
  }

  // #goBack goes back from another view, or another project.
  #goBack(id, q) {
    const {project} = this.mails;
    go(link("inbox", id, {q, project: project === "test" ? "" : project}));
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#opening);
    this.offs.forEach((off) => off());
    this.field.close();
    this.mails.close();
    this.message.close();
  }
}

function isWide() { return matchMedia("(min-width: 900px)").matches; }
