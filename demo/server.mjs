// A small site whose visitors sign in with passkeys: what the integration guide tells a site to do.
// Node 18 or later, no packages. State is kept in memory and gone with the process.
//
//   MASTERKEY2_URL  address of the MasterKey2 server, as the visitor's browser sees it
//   MK2_API_KEY     API key of the tenant; stays on this server
//   HOST, PORT      where to listen; 127.0.0.1 and 0 (any free port) unless set
//
// Prints one line of JSON once it listens: {"port":N}.
import { randomUUID } from 'node:crypto';
import { setDefaultResultOrder } from 'node:dns';
import http from 'node:http';
import { assets } from './assets.mjs';
import { readBody, refuseForeign, send } from './http.mjs';
import { MasterKey2Server } from './masterkey2.mjs';
import { accountPage, errorPage, loginPage, registerPage, signUpPage } from './pages.mjs';
import { clearedCookie, Sessions } from './sessions.mjs';

// “localhost” may name ::1 first, where nobody listens.
setDefaultResultOrder('ipv4first');

const { MASTERKEY2_URL: url, MK2_API_KEY: apiKey, HOST: host = '127.0.0.1', PORT: port = '0' } = process.env;
if (!url || !apiKey) {
  console.error('Set MASTERKEY2_URL and MK2_API_KEY.');
  process.exit(64);
}
const masterkey2 = new MasterKey2Server(url, apiKey);
const sessions = new Sessions();

const NAME_LIMIT_BYTES = 64;

/** Method and path → handler of (request, response, session). */
const routes = {
  'GET /': (request, response, session) => redirect(response, session?.signedIn ? '/account' : '/login'),

  // One session token for each rendering: the page must not be cached.
  'GET /login': async (request, response) => {
    const token = await masterkey2.createSessionToken();
    sendPage(response, 200, loginPage({ masterkey2: masterkey2.url, token }));
  },

  // The browser sends the one-time token of its sign-in; who that was, MasterKey2 tells us.
  'POST /api/session': async (request, response, session) => {
    const { token } = await readJson(request);
    const verdict = typeof token === 'string' ? await masterkey2.verifyAuth(token) : undefined;
    if (verdict?.verified !== true) return sendJson(response, 401, { error: 'not verified' });
    sessions.end(session);
    const cookie = sessions.start({
      userId: verdict.user.external_id,
      name: verdict.user.display_name ?? verdict.user.external_id,
      signedIn: verdict.auth,
    });
    sendJson(response, 200, { ok: true }, { 'Set-Cookie': cookie });
  },

  'GET /register': (request, response, session) =>
    sendPage(
      response,
      200,
      session ? registerPage({ masterkey2: masterkey2.url, name: session.name }) : signUpPage({}),
    ),

  // A new account gets an id of its own, whatever its name: nobody can take over another's by name.
  'POST /sign-up': async (request, response, session) => {
    const name = ((await readForm(request)).get('name') ?? '').trim();
    if (!name || Buffer.byteLength(name) > NAME_LIMIT_BYTES || /\p{Cc}/u.test(name)) {
      return sendPage(response, 400, signUpPage({ problem: 'Please choose a name of 1 to 64 bytes.' }));
    }
    sessions.end(session);
    const cookie = sessions.start({ userId: randomUUID(), name, signedIn: undefined });
    redirect(response, '/register', { 'Set-Cookie': cookie });
  },

  // Asked by <masterkey2-register> when the visitor presses its button.
  'GET /api/mk2-user-token': async (request, response, session) => {
    if (!session) return sendJson(response, 401, { error: 'no session' });
    const userToken = await masterkey2.createUserToken(session.userId, session.name);
    sendJson(response, 200, { userToken });
  },

  'GET /account': (request, response, session) =>
    session?.signedIn
      ? sendPage(response, 200, accountPage(session))
      : redirect(response, '/login'),

  'POST /sign-out': (request, response, session) => {
    sessions.end(session);
    redirect(response, '/login', { 'Set-Cookie': clearedCookie() });
  },

  // Lets a phone that has scanned a QR code use this site's passkeys on the MasterKey2 server's page.
  'GET /.well-known/webauthn': (request, response) =>
    send(response, 200, 'application/json', JSON.stringify({ origins: [masterkey2.origin] })),
};

async function handle(request, response) {
  const pathname = request.url.split('?', 1)[0];
  const asset = request.method === 'GET' ? assets.get(pathname) : undefined;
  if (asset) return send(response, 200, asset.type, asset.bytes, { 'Cache-Control': 'no-cache' });
  const key = `${request.method} ${pathname}`;
  const route = Object.hasOwn(routes, key) ? routes[key] : undefined;
  if (!route) return sendPage(response, 404, errorPage('Nothing here', 'This page does not exist.'));
  refuseForeign(request);
  return route(request, response, sessions.find(request.headers.cookie));
}

function fail(request, response, error) {
  // Only the code goes to the visitor.
  const status = error.status ?? 500;
  if (status >= 500) console.error(`${request.method} ${request.url.split('?')[0]}: ${error.message}`);
  if (response.headersSent) return response.destroy();
  if (request.url.startsWith('/api/')) {
    return sendJson(response, status, { code: error.code ?? 'internal' });
  }
  return sendPage(
    response,
    status,
    status === 503
      ? errorPage('Sign-in is resting', 'The sign-in service cannot be reached. Please try again.')
      : errorPage('That did not work', 'Please go back and try again.'),
  );
}

function sendPage(response, status, body) {
  send(response, status, 'text/html; charset=utf-8', body, {
    'Cache-Control': 'no-store',
    'Content-Security-Policy': [
      "default-src 'none'",
      `script-src 'self' ${masterkey2.origin}`,
      `connect-src 'self' ${masterkey2.origin}`,
      "style-src 'self'",
      "img-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join('; '),
  });
}

function sendJson(response, status, value, headers = {}) {
  send(response, status, 'application/json', JSON.stringify(value), {
    'Cache-Control': 'no-store',
    ...headers,
  });
}

function redirect(response, location, headers = {}) {
  send(response, 303, 'text/plain', '', { Location: location, 'Cache-Control': 'no-store', ...headers });
}

async function readJson(request) {
  const body = await readBody(request, 'application/json');
  try {
    const value = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // falls through to the refusal
  }
  throw Object.assign(new Error('not a JSON object'), { status: 400, code: 'invalid_json' });
}

async function readForm(request) {
  return new URLSearchParams(await readBody(request, 'application/x-www-form-urlencoded'));
}

const server = http.createServer((request, response) => {
  handle(request, response).catch((error) => fail(request, response, error));
});
server.listen(Number(port), host, () => console.log(JSON.stringify({ port: server.address().port })));
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
