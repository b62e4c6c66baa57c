// The stream of what happens in the project, and what to do when it breaks off.

import {address} from "./api.js";
import {readClock, readCounts, readProjects, readRules, session, signals} from "./session.js";

const told = ["message", "changed", "deleted", "reset", "gap", "request", "fault", "faults", "clock"];

// A browser opens six connections to a server at most. So that ten windows of the
// console do not starve each other, four hold their stream open; the others look in
// again and again, for a moment each.
const places = 4;
const lookFor = 400; // ms
const lookEvery = 2500;

let source; // the stream that is open
let cursor = ""; // up to where events were told
let generation = 0; // of the project: what belongs to an older one is not told
let failures = 0;

// follow tells the events of the session's project from a cursor on, until it is
// called again.
export function follow(from) {
  generation++;
  cursor = from;
  failures = 0;
  open(generation);
  share(generation);
}

// share leaves the stream open if this window has one of the places, and looks in
// until it gets one.
async function share(mine) {
  while (mine === generation && !(await takePlace())) {
    await rest(lookFor);
    if (mine === generation) source.close();
    await rest(lookEvery);
    if (mine === generation) open(mine);
  }
}

let placed = !navigator.locks; // without locks (plain HTTP beyond localhost) every window has one

// takePlace takes one of the places until the window is closed.
async function takePlace() {
  for (let n = 0; n < places && !placed; n++) {
    placed = await new Promise((answer) => {
      navigator.locks.request(`plunkmock-stream-${n}`, {ifAvailable: true}, (lock) => {
        answer(lock !== null);
        return lock && new Promise(() => {});
      }).catch(() => answer(true)); // storage is blocked, and the locks with it
    });
  }
  return placed;
}

const rest = (ms) => new Promise((done) => { setTimeout(done, ms); });

function open(mine) {
  source?.close();
  const stream = new EventSource(address("/events/stream", {after: cursor}));
  source = stream;
  stream.onopen = () => {
    if (mine !== generation) return;
    const back = failures > 0;
    failures = 0;
    connected(true);
    if (back) {
      resync();
      signals.tell("back");
    }
  };
  stream.onerror = () => {
    stream.close(); // its own way of coming back is slower, and gives up at a 503
    if (mine !== generation || stream !== source) return;
    if (++failures > 1) connected(false);
    setTimeout(() => mine === generation && stream === source && open(mine), Math.min(250 * 2 ** failures, 4000));
  };
  for (const name of told) {
    stream.addEventListener(name, (event) => {
      if (mine !== generation) return;
      if (event.lastEventId) cursor = event.lastEventId;
      tell(name, JSON.parse(event.data));
    });
  }
}

function connected(is) {
  if (session.connected === is) return;
  session.connected = is;
  signals.tell("connection", is);
}

// resync is for whoever may have missed something: all that is shown is read again.
function resync() {
  readCounts();
  readRules();
  readClock();
  readProjects();
  signals.tell("resync");
}

function tell(name, data) {
  switch (name) {
    case "reset":
    case "gap":
      resync();
      break;
    case "message":
    case "changed":
    case "deleted":
      readCounts();
      break;
    case "fault":
    case "faults":
      readRules();
      break;
    case "clock":
      readClock();
      break;
  }
  signals.tell(name, data);
}
