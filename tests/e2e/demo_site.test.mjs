// The demo site's own duties, over HTTP: what it believes, what it keeps to itself. The MasterKey2
// server is a stand-in that says yes to everything.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { after, afterEach, before, test } from 'node:test';
import { problem, startFakeServer } from '../../sdk/test/support/fake_server.mjs';
import { start, stop, until } from './support/processes.mjs';

const API_KEY = 'bvsk_of-this-test';
let server, site, url;

before(async () => {
  server = await startFakeServer();
  const env = { ...process.env, MASTERKEY2_URL: `${server.url}/`, MK2_API_KEY: API_KEY, HOST: '127.0.0.1', PORT: '0' };
  const script = fileURLToPath(new URL('../../demo/server.mjs', import.meta.url));
  site = start('site', process.execPath, [script], { env });
  await until('port', async () => site.output.includes('\n'), [site]);
  url = `http://127.0.0.1:${JSON.parse(site.output).port}`;
});
after(async () => {
  if (site) assert.deepEqual(await stop(site), { code: 0, signal: null });
  await server?.close();
});
afterEach(() => server.restore());

const get = (path, headers = {}) => fetch(url + path, { headers, redirect: 'manual' });
const post = (path, body, headers = {}) => fetch(url + path, { method: 'POST', body, headers, redirect: 'manual' });
const json = { 'Content-Type': 'application/json' };
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
const cookieOf = (response) => response.headers.get('set-cookie')?.split(';')[0];

async function signUp(name = 'Alice') {
  return cookieOf(await post('/sign-up', new URLSearchParams({ name }).toString(), form));
}
async function signIn(cookie) {
  return cookieOf(await post('/api/session', '{"token":"mk2a_x"}', { ...json, ...(cookie && { cookie }) }));
}

test('the login page carries a session token, fetched for this rendering, and is not stored', async () => {
  const response = await get('/login');
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  assert.match(await response.text(), new RegExp(`<masterkey2-authenticate api-base-url="${server.url}" token="mk2s_t">`));
  await get('/login');
  assert.deepEqual(server.calls.map((call) => call.name), ['session-token', 'session-token']);
});

test('no page and no answer holds the API key', async () => {
  const cookie = await signIn(await signUp());
  for (const path of ['/', '/login', '/register', '/account', '/api/mk2-user-token', '/login.js', '/register.js', '/nothing']) {
    const response = await get(path, { cookie });
    assert.ok(!(await response.text()).includes(API_KEY), path);
    assert.ok(!JSON.stringify([...response.headers]).includes(API_KEY), path);
  }
});

test('every page has a policy without inline scripts', async () => {
  for (const path of ['/login', '/register', '/nothing']) {
    const policy = (await get(path)).headers.get('content-security-policy');
    assert.match(policy, /^default-src 'none'; script-src 'self' http:\/\/localhost:\d+; connect-src/);
    assert.doesNotMatch(policy, /unsafe|\*/);
  }
});

test('a token makes a session only if verify-auth says true', async () => {
  server.change('verify-auth', { verified: false, code: 'no_sign_in' });
  assert.equal((await post('/api/session', '{"token":"mk2a_x"}', json)).status, 401);
  server.change('verify-auth', problem(409, 'already_verified'));
  assert.equal((await post('/api/session', '{"token":"mk2a_x"}', json)).status, 401);
  server.change('verify-auth', { verified: 'true', user: { external_id: 'x' } });
  assert.equal((await post('/api/session', '{"token":"mk2a_x"}', json)).status, 401);
  server.restore();
  const yes = await post('/api/session', '{"token":"mk2a_x"}', json);
  assert.equal(yes.status, 200);
  assert.match(yes.headers.get('set-cookie'), /^demo_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; /);
});

test('what the browser says about the user is not asked for', async () => {
  assert.equal((await post('/api/session', '{"externalId":"bob"}', json)).status, 401);
  assert.deepEqual(server.calls, []);
  const cookie = await signIn();
  assert.match(await (await get('/account', { cookie })).text(), /Hello, Alice/);
});

test('a server that is down is a 503, and no session', async () => {
  server.change('verify-auth', problem(503, 'storage_unavailable'));
  const response = await post('/api/session', '{"token":"mk2a_x"}', json);
  assert.deepEqual([response.status, response.headers.get('set-cookie')], [503, null]);
  server.change('session-token', problem(503, 'storage_unavailable'));
  assert.equal((await get('/login')).status, 503);
});

const refusals = [
  ['another content type', '{"token":"x"}', { 'Content-Type': 'text/plain' }, 415],
  ['no JSON', '{', json, 400],
  ['no object', '"x"', json, 400],
  ['a token that is no text', '{"token":{}}', json, 401],
  ['too large a body', `{"token":"${'x'.repeat(20_000)}"}`, json, 413],
  ['another site’s page', '{"token":"x"}', { ...json, 'Sec-Fetch-Site': 'cross-site' }, 403],
];
for (const [name, body, headers, status] of refusals) {
  test(`/api/session refuses ${name}: ${status}`, async () => {
    const response = await post('/api/session', body, headers);
    assert.deepEqual([response.status, response.headers.get('set-cookie')], [status, null]);
  });
}

test('the user token is for the session’s own user, for 30 seconds, and for nobody without a session', async () => {
  assert.equal((await get('/api/mk2-user-token')).status, 401);
  assert.equal((await get('/api/mk2-user-token', { cookie: 'demo_session=forged' })).status, 401);
  const cookie = await signUp('Zoë');
  const response = await get('/api/mk2-user-token', { cookie });
  assert.deepEqual(await response.json(), { userToken: 'mk2u_t' });
  assert.equal(response.headers.get('cache-control'), 'no-store');
  const { body } = server.calls.at(-1);
  assert.match(body.external_id, /^[0-9a-f-]{36}$/);
  assert.deepEqual([body.display_name, body.ttl], ['Zoë', 30]);
});

test('two people of one name are two accounts', async () => {
  for (const cookie of [await signUp('Alice'), await signUp('Alice')]) await get('/api/mk2-user-token', { cookie });
  const [a, b] = server.calls.map((call) => call.body.external_id);
  assert.notEqual(a, b);
});

test('signing up alone opens no account page', async () => {
  const response = await get('/account', { cookie: await signUp() });
  assert.deepEqual([response.status, response.headers.get('location')], [303, '/login']);
});

test('a name is text, not markup', async () => {
  const cookie = await signUp('<img src=x onerror=alert(1)>"\'');
  const text = await (await get('/register', { cookie })).text();
  assert.doesNotMatch(text, /<img src=x/);
  assert.match(text, /&lt;img src=x onerror=alert\(1\)&gt;&quot;&#39;/);
});

test('names that are empty, too long or hold control characters are refused', async () => {
  for (const name of ['', '   ', 'x'.repeat(65), 'ä'.repeat(33), 'a\u0007b']) {
    const response = await post('/sign-up', new URLSearchParams({ name }).toString(), form);
    assert.deepEqual([response.status, response.headers.get('set-cookie')], [400, null], JSON.stringify(name));
  }
});

test('signing in gives a new session and ends the one before', async () => {
  const before = await signUp();
  const after = await signIn(before);
  assert.notEqual(before, after);
  assert.equal((await get('/api/mk2-user-token', { cookie: before })).status, 401);
  assert.equal((await get('/account', { cookie: after })).status, 200);
});

test('signing out ends the session on the server', async () => {
  const cookie = await signIn();
  const response = await post('/sign-out', '', { cookie });
  assert.match(response.headers.get('set-cookie'), /Max-Age=0/);
  assert.equal((await get('/account', { cookie })).status, 303);
});

test('unknown paths and methods are 404', async () => {
  for (const path of ['/nothing', '/../server.mjs', '/%2e%2e/server.mjs', '/toString', '//', '/public/site.css']) {
    assert.equal((await get(path)).status, 404, path);
  }
  assert.equal((await post('/login', '')).status, 404);
  assert.equal((await fetch(`${url}/account`, { method: 'DELETE' })).status, 404);
});

test('the site names MasterKey2 as a related origin', async () => {
  const response = await get('/.well-known/webauthn');
  assert.equal(response.headers.get('content-type'), 'application/json');
  assert.deepEqual(await response.json(), { origins: [server.url] });
});
