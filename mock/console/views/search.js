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

// searchField is an input that suggests how its last word may go on.
export function searchField({value, oninput}) {
  let timer;
  let offered = [];
  let at = -1;
  const options = h("ul", {class: "options", role: "listbox", id: "query-options", "aria-label": "Suggestions", hidden: true});
  const problem = h("p", {class: "bad small", id: "query-problem", role: "alert", hidden: true});
  const input = h("input", {
    type: "search", value, placeholder: "Search: words, to:ada@…, is:unread", "aria-label": "Search the mails", autocomplete: "off", spellcheck: "false",
    role: "combobox", "aria-expanded": "false", "aria-controls": options.id, "aria-autocomplete": "list", "aria-describedby": problem.id,
    oninput: () => {
      offer();
      clearTimeout(timer);
      complain("");
      const query = input.value.trim();
      timer = setTimeout(() => input.isConnected && oninput(query), unfinished(query) ? 8 * pause : pause);
    },
    onfocus: offer, onblur: close, onkeydown: press,
  });

  function word() { return input.value.slice(0, input.selectionStart).match(/[^\s()]*$/)[0]; }

  function offer() {
    const typed = word().replace(/^-/, "").toLowerCase();
    offered = keys.filter(([key]) => key.startsWith(typed) && key !== typed && (typed !== "" || input.value === "")).slice(0, 9);
    at = -1;
    fill(options, offered.map(([key, means], i) => h("li", {
      role: "option", id: `query-option-${i}`, "aria-selected": "false",
      onpointerdown: (event) => { event.preventDefault(); take(i); },
    }, h("code", {}, key), h("span", {class: "soft small"}, means))));
    expand(offered.length > 0 && document.activeElement === input);
  }

  function expand(is) {
    options.hidden = !is;
    input.setAttribute("aria-expanded", String(is));
    if (!is) input.removeAttribute("aria-activedescendant");
  }

  function close() { expand(false); }

  function mark(i) {
    at = (i + offered.length) % offered.length;
    [...options.children].forEach((li, n) => li.setAttribute("aria-selected", String(n === at)));
    options.children[at].scrollIntoView({block: "nearest"});
    input.setAttribute("aria-activedescendant", `query-option-${at}`);
  }

  function take(i) {
    const [key] = offered[i];
    const start = input.selectionStart - word().replace(/^-/, "").length;
    const whole = /\w$/.test(key) ? key + " " : key; // a value follows the others at once
    input.setRangeText(whole, start, input.selectionStart, "end");
    input.dispatchEvent(new Event("input"));
  }

  function press(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (options.hidden) offer();
      if (offered.length === 0) return;
      event.preventDefault();
      mark(event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!options.hidden && at >= 0) take(at);
      else {
        close();
        clearTimeout(timer);
        oninput(input.value.trim());
      }
    } else if (event.key === "Escape" && !options.hidden) {
      event.stopPropagation(); // the first press closes the suggestions, the second leaves the field
      close();
    }
  }

  function complain(text) {
    problem.textContent = text;
    problem.hidden = text === "";
    input.setAttribute("aria-invalid", String(text !== ""));
  }

  return {
    element: h("div", {class: "search"}, icon("search"), input, options, problem),
    set(text) {
      clearTimeout(timer);
      input.value = text;
    },
    complain,
    get wrong() { return !problem.hidden; },
  };
}
