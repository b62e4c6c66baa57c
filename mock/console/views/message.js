// One mail: its head, and its parts in tabs.

import {control} from "../api.js";
import {button, fill, h, icon} from "../dom.js";
import {redraw} from "../records.js";
import {current, go, link} from "../route.js";
import {tabs} from "../tabs.js";
import {copy, toast, tried} from "../toast.js";
import {head, people, readMark} from "./messagehead.js";
import {attachments, cause, findings, headers, page, source, text} from "./parts.js";

let lastTab = ""; // what was looked at stays in front from mail to mail

// Message shows one mail at a time. changed(m) is told of a mail that is another now,
// remove(m) asks for it to be deleted, back() for the list.
export class Message {
  mail = null; // what is shown
  #wanted = ""; // its id, also while it is asked for
  #tabs = null;
  #welcome = null; // makes what stands there without any mail
  #asking = new AbortController();

  constructor(options) {
    Object.assign(this, options);
    this.element = h("div", {class: "message"});
  }

  // show shows a mail, which is read by that; again leaves its mark as it is.
  async show(id, tab, {again = false} = {}) {
    if (id === this.#wanted && (this.mail || id === "")) {
      if (id === "") this.#none();
      else if (tab) this.#tabs.choose(tab);
      return;
    }
    this.#asking.abort();
    this.#wanted = id;
    this.mail = null;
    this.#tabs = null;
    if (id === "") {
      this.#none();
      return;
    }
    this.#asking = new AbortController();
    const {signal} = this.#asking;
    this.element.setAttribute("aria-busy", "true");
    try {
      const m = await this.#control(id, "", {signal});
      if (signal.aborted) return;
      this.#draw(m, tab);
      if (!m.read && !again) this.#mark("read");
    } catch (error) {
      if (!signal.aborted) this.#refuse(error);
    }
  }

  // reread asks for the mail anew.
  reread() {
    const [id, tab] = [this.#wanted, this.#tabs?.chosen];
    this.#wanted = "";
    this.show(id, tab, {again: true});
  }

  gone() {
    this.#asking.abort();
    this.mail = null;
    this.#refuse({status: 404, message: "It was deleted, here or elsewhere."});
  }

  // welcome sets what makes the element that stands there without any mail.
  welcome(f) {
    if (f === this.#welcome) return;
    this.#welcome = f;
    if (!this.#wanted) this.#none();
  }

  // greet brings the welcome up to date.
  greet() { if (this.#welcome && !this.#wanted) redraw(this.element, this.#welcome()); }

  #none() {
    this.#fill(this.#welcome ? this.#welcome() : h("div", {class: "empty blank"}, icon("inbox"),
      h("p", {}, "Choose a mail, or press ", h("kbd", {}, "j"), " and ", h("kbd", {}, "o"), ".")));
  }

  #refuse(error) {
    this.#fill(h("div", {class: "lone"}, h("h1", {}, error.status === 404 ? "This mail is not here" : "The mail cannot be shown"),
      h("p", {}, error.message), h("div", {class: "buttons"}, button("To the list", {onclick: this.back}))));
  }

  #fill(...children) {
    this.element.removeAttribute("aria-busy");
    fill(this.element, children);
  }

  #draw(m, tab) {
    this.mail = m;
    const found = m.codes.length + m.links.length;
    this.#tabs = tabs("Parts of the mail", [
      ...(m.html === null ? [] : [["html", "HTML", () => page(m)]]),
      ["text", "Text", () => text(m)],
      ["source", "Source", () => source(m)],
      ["headers", "Headers", () => headers(m)],
      ["attachments", `Attachments${m.attachments.length ? ` (${m.attachments.length})` : ""}`, () => attachments(m)],
      ["links", `Links & codes${found ? ` (${found})` : ""}`, () => findings(m)],
      ["why", "Why", () => cause(m)],
    ], tab || lastTab || "html", (id) => {
      lastTab = id;
      go(link("inbox", m.id, {...Object.fromEntries(current().params), tab: id}), {replace: true});
    });
    this.#fill(head(m, this), this.#tabs.bar, this.#tabs.panel);
    this.element.parentElement.scrollTop = 0;
  }

  #control(id, path, options) { return control(`/inbox/messages/${encodeURIComponent(id)}${path}`, options); }

  // report says what became of the mail, as its provider would.
  async report(type) {
    const m = await tried(() => this.#control(this.mail.id, "/events", {method: "POST", body: {type}}));
    if (!m) return;
    toast(`Reported: ${type}.`, {lasts: 2500});
    this.changed(m);
    if (m.id !== this.mail?.id) return;
    const here = this.element.querySelector("#reports").contains(document.activeElement);
    this.#draw(m, this.#tabs.chosen);
    if (here) this.element.querySelector("[aria-controls=reports]").focus();
  }

  async #mark(how) {
    const m = await tried(() => this.#control(this.mail.id, "/" + how, {method: "POST"}));
    if (!m) return;
    this.changed(m);
    this.refresh(m);
  }

  toggleRead() { if (this.mail) this.#mark(this.mail.read ? "unread" : "read"); }

  // copyCode answers false when there is none.
  copyCode() {
    const code = this.mail?.codes[0]?.code;
    return code ? copy(code, `the code ${code}`) : false;
  }

  // refresh shows the marks of a mail that may be the one shown.
  refresh({id, read, status}) {
    const {mail} = this;
    if (id !== mail?.id) return;
    const other = status !== mail.status;
    Object.assign(mail, {read, status});
    this.element.querySelector("#read-mark").replaceWith(readMark(mail, this));
    if (other) this.element.querySelector(".people").replaceWith(people(mail));
  }

  close() { this.#asking.abort(); }
}
