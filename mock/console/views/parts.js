// The parts of a mail, each as what a tab shows. What a mail holds is text here; its
// HTML is shown in a frame that may do nothing.

import {address} from "../api.js";
import {button, fill, h, icon} from "../dom.js";
import {fullTime, short, size} from "../format.js";
import {link} from "../route.js";
import {segments} from "../tabs.js";
import {copy} from "../toast.js";

const path = (m, rest) => `/inbox/messages/${encodeURIComponent(m.id)}${rest}`;

const widths = [["320", "320"], ["375", "375"], ["600", "600"], ["768", "768"], ["full", "Full"]];
const look = {width: "full", scheme: ""}; // stays from mail to mail

// page shows the HTML as a mail program would: at a width, in light or dark.
export function page(m) {
  let remote = false;
  const made = () => h("iframe", {
    title: "The mail as HTML", sandbox: "allow-popups allow-popups-to-escape-sandbox", referrerpolicy: "no-referrer",
    src: address(path(m, "/html"), remote ? {remote: 1} : {}),
  });
  let frame = made();
  const dress = () => {
    frame.style.width = look.width === "full" ? "100%" : look.width + "px";
    frame.style.colorScheme = look.scheme || "light";
    frame.dataset.scheme = look.scheme || "light";
  };
  const images = m.remote && h("button", {type: "button", class: "button", "aria-pressed": "false", onclick: () => {
    remote = !remote;
    images.setAttribute("aria-pressed", String(remote));
    fill(images, icon("eye"), remote ? "Remote images shown" : "Show remote images");
    const before = frame;
    frame = made(); // a frame that goes to another address would take a step of the back button
    dress();
    before.replaceWith(frame);
  }}, icon("eye"), "Show remote images");
  dress();
  return [
    h("div", {class: "bar preview-bar"},
      segments("Width of the preview", widths, look.width, (width) => { look.width = width; dress(); }),
      segments("Colours of the preview", [["light", icon("sun"), "Light"], ["dark", icon("moon"), "Dark"]].map(named), look.scheme || "light",
        (scheme) => { look.scheme = scheme; dress(); }),
      images || null),
    h("div", {class: "preview"}, frame),
  ];
}

const named = ([value, shape, title]) => [value, [shape, h("span", {class: "unseen"}, title)], title];

const sourceShown = 256 << 10; // bytes; more would make the window slow, and is in the .eml

export function text(m) {
  return [
    h("div", {class: "bar"}, button("Copy text", {icon: "copy", onclick: () => copy(m.text, "the text")})),
    m.text.length > sourceShown && h("p", {class: "soft small"}, "The beginning of it; what is copied is all of it."),
    m.text === "" ? h("p", {class: "soft"}, "The mail has no text.") : h("pre", {class: "plain", tabindex: "0"}, m.text.slice(0, sourceShown)),
  ];
}

// source fetches the beginning of the source.
export function source(m) {
  const pre = h("pre", {class: "plain", tabindex: "0"}, "…");
  const note = h("p", {class: "soft small"});
  (async () => {
    try {
      const {text: start, whole} = await beginning(address(path(m, "/raw")), sourceShown);
      pre.textContent = start;
      if (!whole) note.textContent = `The first 256 KiB of ${size(m.size)}; the .eml has all of it.`;
    } catch {
      pre.textContent = "";
      note.textContent = "The source could not be read. Is the mail still there?";
    }
  })();
  return [note, pre];
}

async function beginning(url, limit) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(response.statusText);
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let out = "";
  for (let bytes = 0; bytes < limit;) {
    const {done, value} = await reader.read();
    if (done) return {text: out + decoder.decode(), whole: true};
    bytes += value.length;
    out += decoder.decode(value, {stream: true});
  }
  reader.cancel();
  return {text: out, whole: false};
}

export function headers(m) {
  return h("div", {class: "scroll"}, h("table", {class: "table"},
    h("thead", {}, h("tr", {}, h("th", {scope: "col"}, "Header"), h("th", {scope: "col"}, "Value"))),
    h("tbody", {}, m.headers.map(({name, value}) => h("tr", {}, h("th", {scope: "row"}, name), h("td", {class: "mono"}, short(value, 10_000)))))));
}

const pictures = /^image\/(?:png|jpeg|gif|webp)$/;
const largestPicture = 4_000_000; // bytes

export function attachments(m) {
  if (m.attachments.length === 0) return h("p", {class: "soft"}, "The mail has no attachments.");
  return h("ul", {class: "files"}, m.attachments.map((a) => {
    const url = address(path(m, `/attachments/${a.n}`));
    return h("li", {class: "sheet"},
      pictures.test(a.contentType) && a.size < largestPicture && h("img", {src: url, alt: "", loading: "lazy"}),
      h("p", {}, h("b", {}, a.filename || "(no name)")),
      h("p", {class: "soft small"}, a.contentType, ", ", size(a.size), a.inline ? ", inline" : "", a.contentId && [", cid:", a.contentId]),
      h("div", {}, h("a", {class: "button", href: url, download: a.filename || "attachment"}, icon("down"), "Download",
        h("span", {class: "unseen"}, ` ${a.filename}`))));
  }));
}

// findings are the codes and links, to copy and to open.
export function findings(m) {
  return [codes(m), links(m), leave(m)];
}

function codes(m) {
  return h("section", {}, h("h2", {}, "Codes"),
    m.codes.length === 0 && h("p", {class: "soft"}, "None was found."),
    h("ul", {class: "found"}, m.codes.map((c) => h("li", {},
      h("code", {class: "code-found"}, c.code), h("span", {class: "soft"}, c.label), h("span", {class: "chip"}, `${Math.round(100 * c.confidence)} % sure`),
      button(`Copy ${c.code}`, {icon: "copy", quiet: true, onclick: () => copy(c.code, `the code ${c.code}`)})))));
}

const linksShown = 500;

function links(m) {
  return h("section", {}, h("h2", {}, "Links"),
    m.links.length === 0 && h("p", {class: "soft"}, "There are none."),
    m.links.length > linksShown && h("p", {class: "soft small"}, `The first ${linksShown} of ${m.links.length}.`),
    h("ul", {class: "found"}, m.links.slice(0, linksShown).map((l) => h("li", {},
      h("div", {class: "link-found"}, h("b", {}, l.text || l.host || "(no text)"), " ", l.purpose !== "other" && h("span", {class: "chip accent"}, l.purpose),
        h("div", {class: "mono small"}, opener(l.href))),
      button(`Copy the link ${l.text || l.href}`, {icon: "copy", quiet: true, onclick: () => copy(l.href, "the link")})))));
}

// opener is a link to what a mail links to, when that is a page. Nothing else can be
// clicked here: a javascript: link of a mail would run in this page.
function opener(href) {
  return /^https?:\/\//i.test(href) ? h("a", {href, target: "_blank", rel: "noopener noreferrer"}, href) : href;
}

function leave(m) {
  const {header, link: inBody, oneClick} = m.unsubscribe;
  return h("section", {}, h("h2", {}, "Unsubscribing"),
    header || inBody ? h("dl", {class: "facts"},
      h("dt", {}, "List-Unsubscribe"), h("dd", {class: "mono"}, header ? opener(header) : "none"),
      h("dt", {}, "In the body"), h("dd", {class: "mono"}, inBody ? opener(inBody) : "none"),
      h("dt", {}, "One click"), h("dd", {}, oneClick ? "yes: a POST is enough" : "no")) : h("p", {class: "soft"}, "No link and no header for it."));
}

// cause says why the mail exists.
export function cause(m) {
  const c = m.cause;
  const facts = [
    c.request && ["Call", h("a", {href: link("requests", c.request)}, c.operation || "the call")],
    !c.request && c.operation && ["Operation", c.operation],
    c.event && ["Event", h("a", {href: link("events", c.event.name || c.event.id)}, c.event.name || "(no name)")],
    c.automation && ["Automation", h("a", {href: link("automations", c.automation.id)}, c.automation.name)],
    c.template && ["Template", c.template.name],
    c.campaign && ["Campaign", h("a", {href: link("campaigns", c.campaign.id)}, c.campaign.name)],
    c.contact && ["Contact", h("a", {href: link("contacts", c.contact.id)}, c.contact.name)],
  ].filter(Boolean);
  return [
    h("section", {}, h("h2", {}, "What led to it"), h("dl", {class: "facts"}, facts.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]))),
    variables(c),
    m.feedback.length > 0 && h("section", {}, h("h2", {}, "What became of it"), h("dl", {class: "facts"},
      m.feedback.map((f) => [h("dt", {}, f.type), h("dd", {}, fullTime(f.time))]))),
    m.forward && h("section", {}, h("h2", {}, "Forwarding"), h("p", {}, m.forward.status, m.forward.error && [": ", h("span", {class: "bad"}, m.forward.error)])),
    m.envelope && session(m.envelope),
  ];
}

function variables({variables: values, missing}) {
  const names = Object.keys(values);
  return h("section", {}, h("h2", {}, "Variables"),
    names.length + missing.length === 0 && h("p", {class: "soft"}, "It was written without any."),
    h("dl", {class: "facts"},
      missing.map((name) => [h("dt", {}, h("code", {}, name)), h("dd", {class: "bad"}, "had no value")]),
      names.map((name) => [h("dt", {}, h("code", {}, name)), h("dd", {class: "mono"}, typeof values[name] === "string" ? values[name] : JSON.stringify(values[name]))])));
}

function session(e) {
  return h("section", {}, h("h2", {}, "The SMTP session"), h("dl", {class: "facts"},
    h("dt", {}, "Sender"), h("dd", {class: "mono"}, `<${e.mailFrom}> ${e.params}`),
    h("dt", {}, "Recipients"), h("dd", {class: "mono"}, e.rcptTo.join(", ")),
    h("dt", {}, "Client"), h("dd", {}, `${e.ehlo} at ${e.remote}${e.tls ? ", by TLS" : ""}${e.user ? `, logged in as ${e.user}` : ""}`)),
  h("pre", {class: "code", tabindex: "0"}, e.transcript.join("\n")));
}
