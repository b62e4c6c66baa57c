// Brings what fetch asks of Plunk to plunkmock; everything else stays as it is.
//
//   NODE_OPTIONS=--import=./redirect.mjs node app.js
//
// It changes the global fetch alone: not node:http, and no fetch that is imported
// from a package. response.url is that of plunkmock.
const target = "http://localhost:4580";
const hosts = ["api.useplunk.com", "next-api.useplunk.com"];
const fetchAnything = globalThis.fetch;

// redirected is where a request to an address goes instead, or null when it is none
// to Plunk. The parts are joined as text: a path such as //example.com must not
// become a host.
function redirected(address) {
  if (!URL.canParse(address)) {
    return null; // fetch says what is wrong with it
  }
  const url = new URL(address);
  if (!["https:", "http:"].includes(url.protocol) || url.port !== "" || !hosts.includes(url.hostname.replace(/\.$/, ""))) {
    return null;
  }
  return target + url.pathname + url.search;
}

globalThis.fetch = async function fetch(input, init) {
  const isRequest = input instanceof Request;
  const address = isRequest ? input.url : String(input);
  const to = redirected(address);
  if (to === null) {
    return fetchAnything(input, init);
  }
  // A Request is also what another is made of: method, headers, body and signal.
  return fetchAnything(isRequest ? new Request(to, input) : to, init);
};
