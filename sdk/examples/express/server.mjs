// The guide's two pages on Express. Accounts and sessions are in memory: this is an example.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import express from 'express';

const { MASTERKEY2_URL, MK2_API_KEY, PORT = 3000 } = process.env;
/** Session id → { id, name }; `id` is the external_id, which nobody chooses. */
const sessions = new Map();
const page = (name) => fs.readFileSync(new URL(`views/${name}.html`, import.meta.url), 'utf8');
const escape = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A call from server to server: the key never reaches a browser. */
async function masterkey2(path, body) {
  const response = await fetch(`${MASTERKEY2_URL}/api/v1${path}`, {
    method: 'POST',
    headers: { 'X-API-KEY': MK2_API_KEY, ...(body && { 'Content-Type': 'application/json' }) },
    body: body && JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.code), { status: response.status });
  return answer;
}

function userOf(request) {
  const id = /(?:^|; )sid=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
  return id && sessions.get(id);
}

function begin(response, user) {
  const sid = randomBytes(24).toString('base64url');
  sessions.set(sid, user);
  response.cookie('sid', sid, { httpOnly: true, sameSite: 'lax', secure: !MASTERKEY2_URL.startsWith('http://localhost') });
}

const app = express();
app.disable('x-powered-by');
app.use(express.json({ limit: '8kb' }), express.urlencoded({ extended: false, limit: '8kb' }));
app.use((request, response, next) => {
  response.set({
    'Cache-Control': 'no-store',
    'Content-Security-Policy': `default-src 'self'; script-src 'self' ${MASTERKEY2_URL}; connect-src 'self' ${MASTERKEY2_URL}; frame-ancestors 'none'`,
  });
  // No other site may sign a visitor in or out here.
  const { origin } = request.headers;
  if (request.method === 'POST' && origin && new URL(origin).host !== request.headers.host) return response.sendStatus(403);
  next();
});
app.use(express.static(new URL('public', import.meta.url).pathname));

app.get('/login', async (request, response) => {
  const { session_token: token } = await masterkey2('/session-token');
  response.send(page('login').replaceAll('{{url}}', MASTERKEY2_URL).replaceAll('{{token}}', token));
});

app.post('/api/session', async (request, response) => {
  const { verified, user } = await masterkey2('/verify-auth', { token: String(request.body.token) });
  if (!verified) return response.sendStatus(401);
  begin(response, { id: user.external_id, name: user.display_name });
  response.json({});
});

app.get('/sign-up', (request, response) => response.send(page('sign-up')));
app.post('/sign-up', (request, response) => {
  const name = String(request.body.name).trim();
  if (!/^[\w.-]{1,40}$/.test(name)) return response.status(400).send('Letters, digits, dots and hyphens, please.');
  begin(response, { id: randomBytes(12).toString('hex'), name });
  response.redirect(303, '/register');
});

app.get('/register', (request, response) => {
  if (!userOf(request)) return response.redirect(303, '/sign-up');
  response.send(page('register').replaceAll('{{url}}', MASTERKEY2_URL));
});

app.get('/api/mk2-user-token', async (request, response) => {
  const user = userOf(request);
  if (!user) return response.sendStatus(401);
  const { user_token: userToken } = await masterkey2('/user-token', { external_id: user.id, display_name: user.name, ttl: 30 });
  response.json({ userToken });
});

app.get('/dashboard', (request, response) => {
  const user = userOf(request);
  if (!user) return response.redirect(303, '/login');
  response.send(page('dashboard').replaceAll('{{user}}', escape(user.name)));
});

// For phones that sign in at a computer: this site's passkeys may be used on the server's page.
app.get('/.well-known/webauthn', (request, response) => response.json({ origins: [new URL(MASTERKEY2_URL).origin] }));

app.use((error, request, response, next) => {
  if (response.headersSent) return next(error);
  response.status(error.status >= 500 || !error.status ? 502 : 400).json({ error: 'try again' });
});

app.listen(PORT, 'localhost', () => console.log(`http://localhost:${PORT}/login`));
