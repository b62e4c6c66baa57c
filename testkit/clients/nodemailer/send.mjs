// Plays scenarios, each a line of JSON on standard input: sends the messages on one
// connection of nodemailer, and prints a line with what became of each.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import nodemailer from "nodemailer";

function connect({ host, port, tls, ca, user, password, method }) {
  return nodemailer.createTransport({
    host,
    port,
    secure: tls === "implicit",
    requireTLS: tls === "starttls",
    ignoreTLS: tls === "never",
    tls: ca ? { ca: readFileSync(ca) } : { rejectUnauthorized: false },
    auth: user && { user, pass: password },
    authMethod: method,
    pool: true,
    maxConnections: 1,
  });
}

// options are those that nodemailer takes for a message.
function options({ raw, eightBit, ...message }) {
  if (raw === undefined) return message;
  const { from, to } = message;
  return { envelope: { from, to, use8BitMime: eightBit }, raw };
}

// arrived tells how many of the messages of a reply are in the inbox at this moment.
async function arrived(reply, { inbox, project }) {
  const ids = reply.split(" queued as ")[1].split(" ");
  const answers = ids.map((id) => fetch(`${inbox}/messages/${id}?project=${project}`, { method: "HEAD" }));
  return (await Promise.all(answers)).filter((answer) => answer.ok).length;
}

async function send(transport, message, scenario) {
  try {
    const { response } = await transport.sendMail(options(message));
    return { reply: response, arrived: await arrived(response, scenario) };
  } catch (error) {
    return { error: error.code, reply: error.response ?? error.message };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const scenario = JSON.parse(line);
  const transport = connect(scenario);
  const results = await Promise.all(scenario.messages.map((message) => send(transport, message, scenario)));
  console.log(JSON.stringify(results));
  transport.close();
}
