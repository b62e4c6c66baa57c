// A route of Next.js: the application under test, which knows Plunk's client alone.
import Plunk from "@plunk/node";

const plunk = new Plunk(process.env.PLUNK_SECRET_KEY, { baseUrl: process.env.PLUNK_BASE_URL });
const codes = new Map();

// POST mails a code to who signs up.
export async function POST(request) {
  const { email } = await request.json();
  const code = String(Math.floor(100_000 + Math.random() * 900_000));
  codes.set(email, code);
  await plunk.emails.send({ to: email, subject: "Your code", body: `<p>Your code is <b>${code}</b>.</p>` });
  return Response.json({ mailed: email }, { status: 201 });
}

// PUT logs in who knows the code.
export async function PUT(request) {
  const { email, code } = await request.json();
  return Response.json({ loggedIn: codes.get(email) === code }, { status: codes.get(email) === code ? 200 : 401 });
}
