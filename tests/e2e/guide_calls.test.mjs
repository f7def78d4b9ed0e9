// Every request of the integration guide, in its order: by Node's fetch as its server code makes them,
// by Chromium as its pages make them, and the answers read as the guide reads them. The tests build on
// one another, as the steps of the guide do.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { after, before, test } from 'node:test';
import { addAuthenticator, launchBrowser, nextEvent, openPage, watch } from '../../sdk/test/support/browser.mjs';
import { startStack } from './support/stack.mjs';

const USER = 'guide-user';
const MASTERKEY2 = (path) => `${stack.api}/api/v1${path}`;
let stack, browser, visitor, page, device, apiKey;
const calls = [];

before(async () => {
  stack = await startStack();
  apiKey = stack.site.apiKey;
  browser = await launchBrowser();
  visitor = await openPage(browser);
  page = visitor.page;
  await watch(page);
  device = await addAuthenticator(page);
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/api/v1/')) calls.push(`${request.method()} ${pathname.slice('/api/v1'.length)}`);
  });
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});

/** Presses the passkey button of the guide's login page. */
async function pressLogin() {
  await page.goto(`${stack.guide.url}/login`);
  await page.getByRole('button').first().click();
}

async function login() {
  await pressLogin();
  await page.waitForURL('**/dashboard');
  return stack.guideSignIns.at(-1);
}

/** What the guide's page would do with that fetch; answers the JSON, or the name of what was thrown. */
const fetchInPage = (url, options) =>
  page.evaluate(async ([address, init]) => {
    try {
      return await (await fetch(address, init)).json();
    } catch (error) {
      return error.name;
    }
  }, [url, options]);

test('step 1: a page of another origin loads the SDK, which defines both elements', async () => {
  const script = await fetch(`${stack.api}/sdk/masterkey2.js`);
  assert.deepEqual([script.status, script.headers.get('content-type')], [200, 'text/javascript']);
  await page.goto(`${stack.guide.url}/login`);
  await page.waitForFunction(() => customElements.get('masterkey2-authenticate') && customElements.get('masterkey2-register'));
});

test('step 2a: POST /session-token with the key and without a body', async () => {
  const res = await fetch(MASTERKEY2('/session-token'), { method: 'POST', headers: { 'X-API-KEY': apiKey } });
  const { session_token, expires_in } = await res.json();
  assert.match(session_token, /^mk2s_/);
  assert.equal(expires_in, 24 * 60 * 60);
});

test('step 3a: POST /user-token with a name and 30 seconds', async () => {
  const response = await fetch(MASTERKEY2('/user-token'), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-API-KEY': apiKey },
    body: JSON.stringify({ external_id: USER, display_name: 'Guide User', ttl: 30 }),
  });
  const data = await response.json();
  assert.match(data.user_token, /^mk2u_/);
  assert.equal(data.expires_in, 30);
});

test('step 3b: the page registers, with the token of the site’s own endpoint', async () => {
  await page.goto(`${stack.guide.url}/register`);
  await page.getByRole('button').first().click();
  await page.getByText('Passkey added!').waitFor();
  assert.equal((await device.credentials()).length, 1);
  assert.deepEqual(calls.slice(-2), ['POST /begin_registration', 'POST /finish_registration']);
});

test('step 2b: the page signs in; detail.user is { id, external_id, display_name }', async () => {
  await page.goto(`${stack.guide.url}/login`);
  // The site's own listener leaves the page: this one is told before.
  const told = page.evaluate(() => new Promise((resolve) => {
    const element = document.querySelector('masterkey2-authenticate');
    element.parentNode.addEventListener('success', (event) => resolve(event.detail.user), { capture: true, once: true });
  }));
  await page.getByRole('button').first().click();
  const user = await told;
  await page.waitForURL('**/dashboard');
  assert.deepEqual(Object.keys(user).sort(), ['display_name', 'external_id', 'id']);
  assert.deepEqual([user.external_id, user.display_name], [USER, 'Guide User']);
  assert.equal(stack.guideSignIns.at(-1).externalId, USER);
  assert.ok(calls.includes('POST /finish_authentication'));
});

test('step 5: POST /verify-auth with the page’s session token: { verified, user }', async () => {
  await page.route('**/api/session', (route) => route.fulfill({ json: {} }));
  await page.goto(`${stack.guide.url}/login`);
  const sessionTokenFromClient = await page.getAttribute('masterkey2-authenticate', 'token');
  await page.getByRole('button').first().click();
  await page.waitForURL('**/dashboard');
  await page.unroute('**/api/session');
  const ask = async () => {
    const res = await fetch(MASTERKEY2('/verify-auth'), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-API-KEY': apiKey },
      body: JSON.stringify({ token: sessionTokenFromClient }),
    });
    return res.json();
  };
  const { verified, user } = await ask();
  assert.equal(verified, true);
  assert.deepEqual([user.external_id, user.display_name], [USER, 'Guide User']);
  assert.deepEqual(await ask(), { verified: false, code: 'no_sign_in' });
});

test('user management: disable, without a body; the page is told user_disabled; enable lifts it', async () => {
  const manage = (verb) => fetch(MASTERKEY2(`/users/${USER}/${verb}`), { method: 'POST', headers: { 'X-API-KEY': apiKey } });
  const disabled = await manage('disable');
  assert.deepEqual([disabled.status, (await disabled.json()).user.disabled], [200, true]);
  await pressLogin();
  assert.equal((await nextEvent(page, 'error')).code, 'user_disabled');
  const enabled = await manage('enable');
  assert.deepEqual([enabled.status, (await enabled.json()).user.disabled], [200, false]);
  assert.equal((await login()).verified, true);
});

test('a page that holds the key can do nothing with it', async () => {
  await page.goto(`${stack.guide.url}/login`);
  for (const [method, path] of [['POST', `/users/${USER}/disable`], ['DELETE', `/users/${USER}`], ['POST', '/rotate-key'], ['POST', '/session-token']]) {
    assert.equal(await fetchInPage(MASTERKEY2(path), { method, headers: { 'X-API-KEY': apiKey } }), 'TypeError', path);
  }
  assert.equal((await login()).verified, true);
});

test('names that have to be encoded reach their user', async () => {
  const external = 'jürgen+1@example.com';
  await stack.call('POST', '/user-token', { body: { external_id: external } });
  const url = MASTERKEY2(`/users/${encodeURIComponent(external)}`);
  const disabled = await (await fetch(`${url}/disable`, { method: 'POST', headers: { 'X-API-KEY': apiKey } })).json();
  assert.deepEqual([disabled.user.external_id, disabled.user.disabled], [external, true]);
  assert.deepEqual(await (await fetch(url, { method: 'DELETE', headers: { 'X-API-KEY': apiKey } })).json(), { deleted: true });
});

test('rotate-key, without a body: { api_key, apiKeyPrefix }, and the old key is dead', async () => {
  const rotate = (key) => fetch(MASTERKEY2('/rotate-key'), { method: 'POST', headers: { 'X-API-KEY': key } });
  const old = apiKey;
  const { api_key, apiKeyPrefix } = await (await rotate(old)).json();
  assert.match(api_key, /^bvsk_/);
  assert.ok(api_key.startsWith(apiKeyPrefix) && apiKeyPrefix.length === 12);
  const again = await rotate(old);
  assert.deepEqual([again.status, (await again.json()).code], [401, 'invalid_api_key']);
  apiKey = api_key;
  stack.useGuideKey(api_key);
  assert.equal((await login()).verified, true);
});

test('DELETE /session-token with the token alone, by a page and by a server: { revoked: true }', async () => {
  await page.goto(`${stack.guide.url}/login`);
  const token = await page.getAttribute('masterkey2-authenticate', 'token');
  const revoke = { method: 'DELETE', headers: { Authorization: `Bearer ${token}` } };
  assert.deepEqual(await fetchInPage(MASTERKEY2('/session-token'), revoke), { revoked: true });
  const response = await fetch(MASTERKEY2('/session-token'), revoke);
  assert.deepEqual([response.status, await response.json()], [200, { revoked: true }]);
  await page.getByRole('button').first().click();
  assert.equal((await nextEvent(page, 'error')).code, 'token_revoked');
});

test('proof forwarding: switched on, keys fetched, the proof of a sign-in verified as the guide says', async () => {
  const headers = { 'Content-Type': 'application/json', 'X-API-KEY': apiKey };
  const on = await fetch(MASTERKEY2('/proof-forwarding'), { method: 'POST', headers, body: JSON.stringify({ enabled: true }) });
  assert.deepEqual(await on.json(), { enabled: true });
  const listed = await fetch(MASTERKEY2(`/users/${USER}/credentials`), { headers: { 'X-API-KEY': apiKey } });
  const { credentials } = await listed.json();
  assert.equal(credentials.length, 1);

  await page.route('**/api/session', (route) => route.fulfill({ json: {} }));
  await page.goto(`${stack.guide.url}/login`);
  const token = await page.getAttribute('masterkey2-authenticate', 'token');
  await page.getByRole('button').first().click();
  await page.waitForURL('**/dashboard');
  await page.unroute('**/api/session');
  const res = await fetch(MASTERKEY2('/verify-auth'), { method: 'POST', headers, body: JSON.stringify({ token }) });
  const { verified, proof } = await res.json();
  assert.equal(verified, true);

  const bytes = (text) => Buffer.from(text, 'base64url');
  const stored = credentials.find(({ credential_id }) => credential_id === proof.credential_id);
  const key = createPublicKey({ key: stored.public_key, format: 'jwk' });
  const hash = createHash('sha256').update(bytes(proof.client_data_json)).digest();
  const signedData = Buffer.concat([bytes(proof.authenticator_data), hash]);
  assert.ok(verify('sha256', signedData, key, bytes(proof.signature)));
  signedData[0] ^= 1;
  assert.ok(!verify('sha256', signedData, key, bytes(proof.signature)));
});

test('DELETE /users/{external_id}: the user and the passkeys are gone', async () => {
  const remove = () => fetch(MASTERKEY2(`/users/${USER}`), { method: 'DELETE', headers: { 'X-API-KEY': apiKey } });
  const removed = await remove();
  assert.deepEqual([removed.status, await removed.json()], [200, { deleted: true }]);
  await pressLogin();
  assert.equal((await nextEvent(page, 'error')).code, 'credential_not_found');
  assert.equal((await remove()).status, 404);
});
