// An address of the console is #/view/id?name=value. Every view and every mail has
// one, and the back button works.

// current reads the address that the window shows.
export function current() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  const [view = "", ...rest] = path.split("/").map(decode);
  return {view: view || "inbox", id: rest.join("/"), params: new URLSearchParams(query)};
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // someone typed a lone %
  }
}

// link writes an address: link("inbox", id, {tab: "html"}). It stays in the project,
// and what is empty is left out.
export function link(view, id = "", params = {}) {
  const query = new URLSearchParams();
  const project = "project" in params ? params.project : current().params.get("project");
  for (const [name, value] of Object.entries({...params, project})) {
    if (value != null && value !== "" && value !== false) query.set(name, value);
  }
  const text = query.toString();
  return `#/${view}${id ? "/" + encodeURIComponent(id) : ""}${text ? "?" + text : ""}`;
}

// go shows an address; replace leaves no trace of the one before in the history.
export function go(address, {replace = false} = {}) {
  if (location.hash === address) return;
  if (!replace) {
    location.hash = address;
    return;
  }
  history.replaceState(null, "", address);
  dispatchEvent(new HashChangeEvent("hashchange"));
}
