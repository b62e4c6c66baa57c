// Rules of faults as people read them, as the grammar writes them and as JSON.

import {fullTime} from "./format.js";

const times = (n) => (n === 1 ? "once" : n === 2 ? "twice" : `${n} times`);
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// runs groups the steps of a rule that are alike and follow each other: [{step, n}].
export function runs(steps) {
  const all = [];
  for (const step of steps) {
    const last = all.at(-1);
    if (last && same(last.step, step)) last.n++;
    else all.push({step, n: 1});
  }
  return all;
}

// callsOf says which calls a rule is about.
function callsOf({operation, method, path, key, email, stage}) {
  return [
    operation === "smtp" ? `SMTP ${!stage || stage === "after DATA" ? "after DATA" : "at " + stage}` : operation?.split("|").join(" or ") ?? "Every call",
    method && `by ${method}`, path && `to ${path}`, key && `with the ${key} key`, email && `for ${email}`,
  ].filter(Boolean).join(" ");
}

function delayWords(delay) {
  if (typeof delay !== "object") return delay;
  return delay.uniform ? delay.uniform.join(" to ") : `about ${delay.lognormal?.median}`;
}

// stepWords says what a step does: 429, cut off before anything happens.
function stepWords(step) {
  const {delay, status, code, message, pass, drop, truncate, body, dribble, rateLimit} = step;
  const parts = [
    delay && (status || code || drop || pass || rateLimit ? `after ${delayWords(delay)}` : `slower by ${delayWords(delay)}`),
    (status || code) && `${status || code}${message ? ` “${message}”` : ""}`,
    drop && (drop === "before" ? "cut off before anything happens" : "carried out, then cut off"),
    rateLimit && `429 beyond ${rateLimit.requests} per ${rateLimit.per}`,
    body != null && "another body", truncate != null && `body cut after ${truncate} bytes`, dribble && `body at ${dribble} bytes a second`,
  ].filter(Boolean);
  return parts.join(", ") || "nothing";
}

// sentence says what a rule does: sendEmail: 429, twice, then nothing.
export function sentence(rule) {
  const {share = 1, after, times: most, expires} = rule;
  const groups = runs(rule.steps);
  const steps = groups.map(({step, n}, i) => {
    const last = i === groups.length - 1;
    const count = last && !most && groups.length === 1 ? "" : last ? (most && groups.length === 1 ? times(most) : "") : times(n);
    const text = stepWords(step);
    return last && groups.length > 1 && text !== "nothing" ? `${text} from then on` : [text, count].filter(Boolean).join(", ");
  });
  return `${callsOf(rule)}: ` + [
    after && `after the first ${after}`, share !== 1 && `${+(share * 100).toFixed(4)} % of them`,
    steps.join(", then ") + (most ? groups.length === 1 ? ", then nothing" : `; ends after ${most === 1 ? "one strike" : `${most} strikes`}` : ""),
    expires && `until ${/^\d{4}-/.test(expires) ? fullTime(expires) : expires + " from now"}`,
  ].filter(Boolean).join(", ");
}

// announced says what a new rule will do: The next 2 calls of sendEmail will …
export function announced(rule) {
  const {operation, share = 1, after, times: most, steps: [step]} = rule;
  const what = (many) => (operation === "smtp" ? `message${many ? "s" : ""} by SMTP`
    : `${operation ? operation.split("|").join(" or ") + " " : ""}call${many ? "s" : ""}`);
  const will = step.status || step.code ? `be answered ${step.status || step.code}` : step.drop === "before" ? "be cut off before anything happens"
    : step.drop ? "be carried out and then cut off" : step.delay ? `wait ${delayWords(step.delay)}` : step.rateLimit ? "be held to a rate" : "get a changed answer";
  const which = share < 1 ? `${+(share * 100).toFixed(4)} % of the next ${what(true)}`
    : !most && rule.steps.length === 1 ? `From now on every ${what(false)}` : `The next ${most > 1 && rule.steps.length === 1 ? `${most} ${what(true)}` : what(false)}`;
  return `${which} will ${will}${after ? `, after the first ${after}` : ""}.`;
}

// line writes a rule in the grammar; null when that has no word for a part of it.
export function line(rule) {
  const {operation, method, path, key, email, stage, share = 1, after, times: most, expires} = rule;
  if (method || path || key || /[;]/.test(email ?? "")) return null;
  const steps = runs(rule.steps).map(({step, n}) => {
    const {delay, status, code, enhancedCode, pass, drop, truncate, dribble, rateLimit, ...rest} = step;
    if (Object.keys(rest).length > 0 || typeof delay === "object" || rateLimit?.burst && rateLimit.burst !== rateLimit.requests) return null;
    const atoms = [
      status || code, enhancedCode && `enhanced=${enhancedCode}`, pass && "pass", delay && `delay=${delay}`, drop && `drop=${drop}`,
      truncate != null && `truncate=${truncate}`, dribble && `dribble=${dribble}`, rateLimit && `limit=${rateLimit.requests}/${rateLimit.per}`,
    ].filter(Boolean).join("+");
    return atoms && atoms + (n > 1 ? `*${n}` : "");
  });
  if (steps.includes(null) || steps.includes("")) return null;
  const options = {email, stage: stage?.toLowerCase().replaceAll(" ", "-"), share: share === 1 ? null : share, after: after || null, times: most, expires};
  return (operation ? operation + ":" : "") + steps.join(",") + Object.entries(options).filter(([, v]) => v != null).map(([k, v]) => `;${k}=${v}`).join("");
}

// plain is a rule as one would write it: without what it does not look at, and what
// it has counted.
export function plain({id, enabled, matched, struck, left, ...rule}) {
  return Object.fromEntries(Object.entries(rule).filter(([name, v]) => v != null && !(name === "share" && v === 1) && !(name === "after" && v === 0)));
}
