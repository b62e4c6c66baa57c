// The operations of the Plunk API, as its document has them.

let known; // the document is read once

// operations answers their ids by path, and smtp behind them.
export function operations() {
  known ??= read();
  return known;
}

async function read() {
  try {
    const {paths} = await (await fetch("/openapi.json")).json();
    const ids = Object.values(paths).flatMap((path) => Object.values(path).map((operation) => operation.operationId).filter(Boolean));
    const first = ["sendEmail", "trackEvent"]; // those that most calls are
    return [...first, ...ids.filter((id) => !first.includes(id)).sort(), "smtp"];
  } catch {
    known = undefined; // another time, then
    return ["sendEmail", "trackEvent", "smtp"];
  }
}
