// Elements are made here and nowhere else. What a mail, a contact or a call holds
// goes in as text, never as markup.

const svgSpace = "http://www.w3.org/2000/svg";

// h makes an element: h("a", {class: "chip", href: link("faults")}, "2 active").
// A property that begins with "on" is a listener; true and false set and leave out
// an attribute; null and undefined leave it out. Children may be nested lists; null,
// undefined and false are nothing.
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value ?? "";
    else if (name === "style") Object.entries(value).forEach(([k, v]) => element.style.setProperty(k, v));
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  return put(element, ...children);
}

// put adds children to an element and returns it.
export function put(element, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child != null && child !== false) element.append(child);
  }
  return element;
}

// fill puts children in the place of those that are there.
export function fill(element, ...children) {
  element.replaceChildren();
  return put(element, ...children);
}

// Icons are drawn on 24 by 24, in strokes of the text's colour.
const shapes = {
  inbox: "M3 13h5l1.5 3h5L16 13h5M5.5 5h13L21 13v5a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-5z",
  requests: "M4 8h13m-4-4 4 4-4 4M20 16H7m4-4-4 4 4 4",
  contacts: "M16 20v-1.5a3.5 3.5 0 0 0-3.5-3.5h-5A3.5 3.5 0 0 0 4 18.5V20M10 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zm10 9v-1.5a3.5 3.5 0 0 0-2.6-3.4M15.5 4.2a3.5 3.5 0 0 1 0 6.7",
  events: "M13 3 5 14h6l-1 7 8-11h-6z",
  automations: "M6 3v6m0 6v6M6 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zm3 3h4a4 4 0 0 1 4 4v1m-3 0 3 3 3-3",
  campaigns: "M4 10v4h3l8 4V6l-8 4zM18.5 9a4 4 0 0 1 0 6M8 14l1 5",
  time: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zm0-14v5l3.5 2",
  faults: "M12 4 2.5 20h19zm0 6v4.5m0 2.7v.3",
  start: "M5 4l14 8-14 8z",
  project: "M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm5-2 5 5",
  trash: "M4 7h16M9 7V4h6v3m3 0-1 13H7L6 7m4 4v5m4-5v5",
  clip: "m20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 4.8 4.8L9.5 17a1.7 1.7 0 0 1-2.4-2.4L15 7",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  close: "m6 6 12 12M18 6 6 18",
  back: "M15 5l-7 7 7 7",
  up: "M5 15l7-7 7 7",
  below: "M5 9l7 7 7-7",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  again: "M20 5v5h-5M19.5 10A8 8 0 1 0 20 14",
  check: "m5 12.5 4.5 4.5L19 7",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  link: "M10 14a4 4 0 0 0 5.7 0l3.5-3.5a4 4 0 0 0-5.7-5.7L12 6.3M14 10a4 4 0 0 0-5.7 0l-3.5 3.5a4 4 0 0 0 5.7 5.7L12 17.7",
  down: "M12 4v11m-5-5 5 5 5-5M4 20h16",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm0-13v2m0 14v2M3 12h2m14 0h2M5.6 5.6 7 7m10 10 1.4 1.4M18.4 5.6 17 7M7 17l-1.4 1.4",
  plus: "M12 5v14M5 12h14",
  pause: "M8 5v14M16 5v14",
  undo: "M9 7 4 12l5 5M4 12h10a6 6 0 0 1 6 6v1",
  warn: "M12 4 2.5 20h19zm0 6v4.5m0 2.7v.3",
  key: "M15 3a6 6 0 0 0-5.7 8L3 17.3V21h3.7v-2.5h2.5V16h2.5l1.3-1.3A6 6 0 1 0 15 3zm1.5 4.5v.1",
  mail: "M3 6h18v12H3zm.5.5L12 13l8.5-6.5",
};

// icon draws one of the shapes; it says nothing to a screen reader, the words beside
// it do.
export function icon(name) {
  const svg = document.createElementNS(svgSpace, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(svgSpace, "path");
  path.setAttribute("d", shapes[name]);
  svg.append(path);
  return svg;
}

// button makes a button: button("Delete", {icon: "trash", onclick}). Without a label
// on it (quiet: true) the words are its name and its tip.
export function button(label, {icon: shape, quiet, class: more = "", ...props} = {}) {
  const kind = "button " + (quiet ? "only-icon " : "") + more;
  return h("button", {type: "button", class: kind, "aria-label": quiet ? label : null, title: quiet ? label : null, ...props},
    shape && icon(shape), quiet ? null : h("span", {}, label));
}
