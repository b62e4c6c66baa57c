// The search field of the inbox: the query language, with suggestions.

import {fill, h, icon} from "../dom.js";

// What can stand in a query, as GET /_mock/inbox/messages describes q.
const keys = [
  ["to:", "a recipient, * for anything"], ["from:", "a sender"], ["subject:", "words of the subject"],
  ["is:unread", "not read yet"], ["is:read", "read"], ["has:attachment", "with a file"],
  ["kind:transactional", "by POST /send"], ["kind:automation", "by an event"], ["kind:campaign", "by a campaign"],
  ["kind:campaign_test", "a campaign's test"], ["kind:smtp", "by SMTP"],
  ["header:", "a header field, X-Tag=spring"], ["filename:", "a file's name, *.pdf"],
  ["larger:", "beyond a size, 100KB"], ["smaller:", "below a size, 1MiB"],
  ["since:", "not before, 2030-01-31"], ["until:", "not after"],
  ["or", "one of both sides"], ["-", "not what follows"], ["\"", "a phrase"], ["/", "a regular expression"],
];

// unfinished tells a query whose last word is still being typed: asked now, it would be
// refused, and a moment later not. It is asked when no more comes.
function unfinished(query) {
  const last = query.match(/\S*$/)[0].replace(/^[-(]+/, "");
  const count = (what) => query.split(what).length - 1;
  return last === "" && /(?:^|\s)[-(]+$/.test(query) || count("(") > count(")") || count('"') % 2 === 1 ||
    /^\/[^/]*$/.test(last) || /^\w+:(?:\/[^/]*)?$/.test(last) || /^(?:to|from):[^@*/"]+$/i.test(last) ||
    /^(?:is|has|kind|larger|smaller|since|until):/i.test(last) && !whole.test(last) || /(?:^|\s)or$/i.test(query);
}

const whole = /^(?:is:(?:un)?read|has:attachment|kind:\w+|(?:larg|small)er:\d+([km]i?b)?|(?:since|until):\d{4}-\d\d-\d\d.*)$/i;

const pause = 180; // ms without a key before the query is asked

// SearchField is an input that suggests how its last word may go on. asked(query) is
// called for what is to be searched for.
export class SearchField {
  #timer = 0;
  #offered = [];
  #at = -1; // the suggestion that is marked

  constructor(value, asked) {
    this.asked = asked;
    this.options = h("ul", {class: "options", role: "listbox", id: "query-options", "aria-label": "Suggestions", hidden: true});
    this.problem = h("p", {class: "bad small", id: "query-problem", role: "alert", hidden: true});
    this.input = h("input", {
      type: "search", value, placeholder: "Search: words, to:ada@…, is:unread", "aria-label": "Search the mails", autocomplete: "off", spellcheck: "false",
      role: "combobox", "aria-expanded": "false", "aria-controls": this.options.id, "aria-autocomplete": "list", "aria-describedby": this.problem.id,
      oninput: () => this.#typed(), onfocus: () => this.#offer(), onblur: () => this.#expand(false), onkeydown: (event) => this.#press(event),
    });
    this.element = h("div", {class: "search"}, icon("search"), this.input, this.options, this.problem);
  }

  #typed() {
    this.#offer();
    this.complain("");
    clearTimeout(this.#timer);
    const query = this.input.value.trim();
    this.#timer = setTimeout(() => this.asked(query), unfinished(query) ? 8 * pause : pause);
  }

  // #word is what stands before the cursor, without a minus.
  #word() { return this.input.value.slice(0, this.input.selectionStart).match(/[^\s()]*$/)[0].replace(/^-/, ""); }

  #offer() {
    const typed = this.#word().toLowerCase();
    this.#offered = keys.filter(([key]) => key.startsWith(typed) && key !== typed && (typed !== "" || this.input.value === "")).slice(0, 9);
    this.#at = -1;
    fill(this.options, this.#offered.map(([key, means], i) => h("li", {
      role: "option", id: `query-option-${i}`, "aria-selected": "false",
      onpointerdown: (event) => { event.preventDefault(); this.#take(i); },
    }, h("code", {}, key), h("span", {class: "soft small"}, means))));
    this.#expand(this.#offered.length > 0 && document.activeElement === this.input);
  }

  #expand(is) {
    this.options.hidden = !is;
    this.input.setAttribute("aria-expanded", String(is));
    if (!is) this.input.removeAttribute("aria-activedescendant");
  }

  #mark(i) {
    const n = this.#offered.length;
    this.#at = (i + n) % n;
    [...this.options.children].forEach((li, k) => li.setAttribute("aria-selected", String(k === this.#at)));
    this.options.children[this.#at].scrollIntoView({block: "nearest"});
    this.input.setAttribute("aria-activedescendant", `query-option-${this.#at}`);
  }

  #take(i) {
    const {input} = this;
    const [key] = this.#offered[i];
    const end = input.selectionStart;
    // A value follows a colon at once.
    input.setRangeText(/\w$/.test(key) ? key + " " : key, end - this.#word().length, end, "end");
    this.#typed();
  }

  #press(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (this.options.hidden) this.#offer();
      if (this.#offered.length === 0) return;
      event.preventDefault();
      this.#mark(event.key === "ArrowDown" ? this.#at + 1 : this.#at < 0 ? -1 : this.#at - 1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!this.options.hidden && this.#at >= 0) this.#take(this.#at);
      else {
        this.#expand(false);
        clearTimeout(this.#timer);
        this.asked(this.input.value.trim());
      }
    } else if (event.key === "Escape" && !this.options.hidden) {
      event.stopPropagation(); // the first press closes the suggestions, the second leaves the field
      this.#expand(false);
    }
  }

  // set writes another query into the field; nothing is asked.
  set(text) {
    clearTimeout(this.#timer);
    this.input.value = text;
  }

  // complain tells what is wrong with the query, or nothing.
  complain(text) {
    this.problem.textContent = text;
    this.problem.hidden = text === "";
    this.input.setAttribute("aria-invalid", String(text !== ""));
  }

  get wrong() { return !this.problem.hidden; }

  // close forgets what was typed last and not asked yet.
  close() { clearTimeout(this.#timer); }
}
