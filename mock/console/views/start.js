// The first steps: the exact lines that send to this server and project, and a button
// that does.

import {plunk} from "../api.js";
import {button, h, icon} from "../dom.js";
import {call, called} from "../form.js";
import {many} from "../format.js";
import {redraw} from "../records.js";
import {link} from "../route.js";
import {session, signals} from "../session.js";
import {tabs} from "../tabs.js";
import {copy, toast} from "../toast.js";

export default function start() {
  const element = h("div", {class: "page"}, firstSteps("h1"));
  const off = signals.on("projects", () => redraw(element, firstSteps("h1")));
  return {element, close: off};
}

// firstSteps is what stands where mails will.
export function firstSteps(heading = "h2") {
  const others = session.projects.filter((p) => p.name !== session.project && p.messages > 0);
  return h("div", {class: "first-steps"},
    h("div", {class: "hero"},
      h(heading, {}, "Send your first mail"),
      h("p", {class: "soft"}, "Point your app at this server with the key ", h("code", {}, session.secretKey()),
        ". Whatever it sends shows up in the inbox, and nothing leaves this machine."),
      h("div", {class: "buttons"}, button("Send a test mail", {icon: "start", class: "main", onclick: sendTest}),
        h("a", {class: "button", href: link("faults")}, icon("faults"), "Break something"))),
    others.length > 0 && h("div", {class: "sheet"}, h("p", {}, "There are mails in other projects: ",
      others.slice(0, 8).map((p, i) => [i > 0 && ", ", h("a", {href: link("inbox", "", {project: p.name === "test" ? "" : p.name})}, p.name), ` (${many(p.messages, "mail")})`]),
      ". A key's name is its project's: ", h("code", {}, "sk_shop"), " sends to ", h("code", {}, "shop"), ".")),
    snippets());
}

let language = "node"; // stays in front

function snippets() {
  const all = Object.entries(lines()).map(([id, {name, note, code}]) => [id, name, () => [
    note && h("p", {class: "soft"}, note),
    h("div", {class: "code snippet"}, h("pre", {tabindex: "0"}, code), button("Copy", {icon: "copy", onclick: () => copy(code, `the lines for ${name}`)})),
  ]]);
  const shown = tabs("Language", all, language, (id) => { language = id; });
  return h("div", {class: "sheet snippets"}, shown.bar, shown.panel);
}

// lines are what each kind of client needs, ready to paste.
function lines() {
  const base = `${location.origin}/v1`;
  const key = session.secretKey();
  const mail = `{"to": "ada@example.com", "subject": "Welcome", "body": "<p>Your code is 482 913</p>"}`;
  return {
    node: {name: "Node", code: `// send.mjs, after: npm install @plunk/node
import module from "@plunk/node";

const plunk = new module.default("${key}", { baseUrl: "${base}/" });
await plunk.emails.send({ to: "ada@example.com", subject: "Welcome", body: "<p>Your code is 482 913</p>" });`},
    fetch: {name: "fetch", code: `// send.mjs, for node or bun
await fetch("${base}/send", {
  method: "POST",
  headers: { Authorization: "Bearer ${key}", "Content-Type": "application/json" },
  body: JSON.stringify(${mail}),
});`},
    curl: {name: "curl", code: `curl -s ${base}/send -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' \\
  -d '${mail}'`},
    go: {name: "Go", code: `body := strings.NewReader(\`${mail}\`)
request, err := http.NewRequest("POST", "${base}/send", body)
if err != nil {
	return err
}
request.Header.Set("Authorization", "Bearer ${key}")
request.Header.Set("Content-Type", "application/json")
response, err := http.DefaultClient.Do(request)`, note: "In Go tests there is the testkit, which needs no server: see the README."},
    php: {name: "PHP", code: `<?php
$answer = file_get_contents("${base}/send", false, stream_context_create(["http" => [
  "method" => "POST",
  "header" => ["Authorization: Bearer ${key}", "Content-Type: application/json"],
  "content" => json_encode(["to" => "ada@example.com", "subject" => "Welcome", "body" => "<p>Your code is 482 913</p>"]),
]]));
echo $answer;`},
    python: {name: "Python", code: `import json, urllib.request

request = urllib.request.Request("${base}/send", method="POST",
    headers={"Authorization": "Bearer ${key}", "Content-Type": "application/json"},
    data=json.dumps(${mail}).encode())
print(urllib.request.urlopen(request).read().decode())`},
    smtp: smtp(key),
  };
}

// smtp is for programs that speak it; the server says where it listens.
function smtp(key) {
  const listens = session.info?.smtp;
  if (!listens) return {name: "SMTP", note: "This server takes no mail by SMTP: start it without --smtp off.", code: "plunkmock --smtp 127.0.0.1:4525"};
  const port = listens.slice(listens.lastIndexOf(":") + 1);
  return {name: "SMTP", note: "The user is plunk, the password the key. A client that insists on a certificate it trusts needs --smtp-tls off.", code: `host      ${location.hostname}
port      ${port}
user      plunk
password  ${key}

swaks --server ${location.hostname}:${port} --auth-user plunk --auth-password ${key} \\
  --from shop@example.com --to ada@example.com --header 'Subject: Welcome' --body 'Your code is 482 913'`};
}

// sendTest sends a mail as an app would: through the Plunk API, faults included.
async function sendTest({currentTarget: pressed}) {
  pressed.disabled = true; // a fault may hold the answer back
  const code = String(Math.floor(100000 + Math.random() * 900000));
  const sent = await called(() => plunk("/send", {body: {to: "ada@example.com", subject: `${code} is your sign-in code`, body: sample(code)}}));
  pressed.disabled = false;
  if (document.activeElement === document.body) pressed.focus();
  if (sent) toast("Sent to ada@example.com.", {link: call(sent.request)});
}

const sample = (code) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><style>
body { margin: 0; padding: 24px; background: #f4f2ee; color: #1b1a22; font-family: sans-serif; }
.card { max-width: 460px; margin: auto; padding: 28px; background: #fff; border-radius: 12px; }
.code { font-size: 30px; letter-spacing: 6px; font-weight: 700; }
a { color: #5a3be8; }
@media (prefers-color-scheme: dark) { body { background: #15141a; color: #eceaf3; } .card { background: #23212b; } a { color: #b0a2ff; } }
</style></head><body><div class="card">
<h1>Welcome, {{name ?? friend}}!</h1>
<p>Your sign-in code is</p><p class="code">${code.slice(0, 3)} ${code.slice(3)}</p>
<p>Or <a href="https://shop.example.com/verify?token=${code}">verify your address</a> at once.</p>
</div></body></html>`;
