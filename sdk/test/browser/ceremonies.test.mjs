// Registering and signing in with the elements: events, states, what is sent, what can go wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { screenshot } from '../support/browser.mjs';
import { problem } from '../support/fake_server.mjs';
import { assertClean, eventually, FAILED_LOAD, useStage } from '../support/stage.mjs';

const stage = useStage();
const { visit, registerFirst } = stage;

test('register, then sign in: events, states, what is sent', async () => {
  const visited = await visit('/register');
  const { page, press, state, event } = visited;
  await state('ready');
  assert.equal(stage.userToken.calls, 0, 'the user token is fetched at the press, never before');
  await press();
  const registered = await event('success');
  assert.deepEqual([registered.user.external_id, registered.credential.name], ['alice', 'Key']);
  await state('success');
  assert.equal(stage.userToken.calls, 1);
  assert.deepEqual(stage.server.calls.map((call) => [call.name, call.authorization, call.body.name]),
    [['begin_registration', 'Bearer mk2u_t', 'My Key'], ['finish_registration', 'Bearer mk2u_t', 'My Key']]);
  await screenshot(page, 'element-registered');
  stage.server.calls.length = 0;
  await page.goto(`${stage.url}/login`);
  await state('ready');
  await screenshot(page, 'element-ready');
  await press();
  const success = await event('success');
  assert.deepEqual([success.user.external_id, success.token, success.method], ['alice', 'mk2a_x', 'passkey']);
  await state('success');
  await screenshot(page, 'element-signed-in');
  assert.deepEqual(stage.server.calls.map((call) => call.name), ['begin_authentication', 'finish_authentication']);
  const { response } = stage.server.calls[1].body.credential;
  assert.deepEqual(Object.keys(response).sort(), ['authenticatorData', 'clientDataJSON', 'signature', 'userHandle']);
  await assertClean(visited);
});

test('states are told in order and bubble', async () => {
  const visited = await visit('/register');
  await registerFirst(visited);
  await visited.page.goto(`${stage.url}/login`);
  await visited.press();
  await visited.event('success');
  const states = await visited.page.evaluate(() => seen.filter((e) => e.type === 'mk2-state').map((e) => e.state));
  assert.deepEqual(states, ['ready', 'preparing', 'prompting', 'verifying', 'success']);
});

test('options are fetched before the press and used by it', async () => {
  const { page, press, event } = await visit('/login');
  await page.waitForFunction(() => document.querySelector('masterkey2-authenticate').state === 'ready');
  await eventually('the begin call', () => stage.server.calls.length === 1);
  await press();
  await event('error');
  assert.deepEqual(stage.server.calls.map((call) => call.name), ['begin_authentication']);
});

test('after a cancel the options in hand are used again; after a finish they are not', async () => {
  const visited = await visit('/register');
  await registerFirst(visited);
  stage.server.calls.length = 0;
  await visited.page.goto(`${stage.url}/login`);
  await visited.device.verify(false);
  await visited.press();
  assert.equal((await visited.event('error')).code, 'user_cancelled');
  await visited.device.verify(true);
  await visited.press();
  await visited.event('success');
  await visited.press();
  await visited.event('success');
  assert.deepEqual(stage.server.calls.map((call) => call.name),
    ['begin_authentication', 'finish_authentication', 'begin_authentication', 'finish_authentication']);
});

test('after a cancelled registration the site is asked again: somebody else may be signed in', async () => {
  const visited = await visit('/register');
  await visited.device.verify(false);
  await visited.press();
  assert.equal((await visited.event('error')).code, 'user_cancelled');
  await visited.device.verify(true);
  await visited.press();
  await visited.event('success');
  assert.equal(stage.userToken.calls, 2);
});

test('a cancel is user_cancelled, a quiet note, and the button stays', async () => {
  const visited = await visit('/login');
  await visited.press();
  const error = await visited.event('error');
  assert.equal(error.code, 'user_cancelled');
  assert.equal(error.recoverable, true);
  await visited.state('ready');
  assert.match(await visited.page.getByRole('status').textContent(), /Nothing happened/);
  assert.equal(await visited.page.getByRole('alert').textContent(), '');
  assert.ok(await visited.page.getByRole('button').first().isEnabled());
  await screenshot(visited.page, 'element-cancelled');
  await assertClean(visited);
});

const refusals = [
  ['credential_not_found', 404, /not known here/],
  ['user_disabled', 403, /suspended/],
  ['verification_failed', 422, /could not be verified/],
  ['ceremony_expired', 410, /expired/],
  ['token_expired', 401, /Reload/],
  ['storage_unavailable', 503, /busy/],
  ['internal', 500, /went wrong/],
  ['rate_limited', 429, /busy/],
];
for (const [code, status, text] of refusals) {
  test(`the server says ${code}: the code and an alert`, async () => {
    const visited = await visit('/register');
    await registerFirst(visited);
    stage.server.change('finish_authentication', problem(status, code));
    await visited.page.goto(`${stage.url}/login`);
    await visited.press();
    const error = await visited.event('error');
    assert.equal(error.code, code);
    assert.match(error.message, text);
    assert.match(await visited.page.getByRole('alert').textContent(), text);
    if (code === 'user_disabled') await screenshot(visited.page, 'element-user-disabled');
    await assertClean(visited, FAILED_LOAD);
  });
}

test('a device that has a passkey already is already_registered', async () => {
  const visited = await visit('/register');
  await registerFirst(visited);
  const [{ credentialId }] = await visited.device.credentials();
  stage.server.change('begin_registration', { ceremony: 'c', expires_in: 300, publicKey: { rp: { id: 'localhost', name: 'S' }, challenge: 'AAAA',
    user: { id: 'dXNlcg', name: 'a', displayName: 'A' }, pubKeyCredParams: [-7, -257].map((alg) => ({ type: 'public-key', alg })),
    excludeCredentials: [{ type: 'public-key', id: Buffer.from(credentialId, 'base64').toString('base64url') }] } });
  await visited.page.reload();
  await visited.press();
  assert.equal((await visited.event('error')).code, 'already_registered');
  await assertClean(visited);
});

test('nobody touches the device: timeout', async () => {
  const visited = await visit('/login');
  await visited.device.present(false);
  stage.server.change('begin_authentication', { ceremony: 'c', expires_in: 300, publicKey: { rpId: 'localhost', challenge: 'AAAA', timeout: 700 } });
  await visited.page.reload();
  await visited.press();
  await visited.state('prompting');
  await screenshot(visited.page, 'element-prompting');
  assert.equal((await visited.event('error')).code, 'timeout');
});

test('cancel() and removal end a ceremony without a word; a move does not', async () => {
  const visited = await visit('/login');
  await visited.device.present(false);
  await visited.press();
  await visited.state('prompting');
  await visited.page.evaluate(() => document.querySelector('main').prepend(document.querySelector('masterkey2-authenticate')));
  await visited.page.evaluate(() => new Promise((r) => setTimeout(r)));
  assert.equal(await visited.page.evaluate(() => document.querySelector('masterkey2-authenticate').state), 'prompting');
  await visited.page.evaluate(() => document.querySelector('masterkey2-authenticate').cancel());
  await visited.state('ready');
  await visited.press();
  await visited.state('prompting');
  const after = await visited.page.evaluate(async () => {
    const element = document.querySelector('masterkey2-authenticate');
    element.remove();
    await new Promise((r) => setTimeout(r));
    return element.state;
  });
  assert.equal(after, 'ready');
  assert.deepEqual(await visited.page.evaluate(() => seen.filter((e) => e.type === 'error')), []);
  await assertClean(visited);
});

test('two elements: the newer ceremony ends the older one quietly', async () => {
  const visited = await visit('/both');
  await visited.device.present(false);
  await visited.page.getByRole('button', { name: 'Sign in' }).click();
  await visited.state('prompting');
  await visited.page.getByRole('button', { name: 'Create' }).click();
  await visited.page.waitForFunction(() => document.querySelector('masterkey2-register').state === 'prompting');
  await visited.state('ready');
  assert.deepEqual(await visited.page.evaluate(() => seen.filter((e) => e.type === 'error')), []);
  await assertClean(visited);
});

test('a server that is not there: nothing before the press, server_unreachable after it', async () => {
  const visited = await visit('/login');
  await visited.page.route('**/begin_authentication', (route) => route.abort());
  await visited.page.reload();
  await visited.state('ready');
  await visited.press();
  assert.equal((await visited.event('error')).code, 'server_unreachable');
  await visited.page.unroute('**/begin_authentication');
  await screenshot(visited.page, 'element-unreachable');
  await visited.press();
  assert.equal((await visited.event('error')).code, 'user_cancelled', 'the next press works again');
  await assertClean(visited, FAILED_LOAD);
});

const endpoints = [
  ['answers 500', { status: 500, body: '{"error":"x"}' }, 'assertion_failed', 'http_500'],
  ['answers HTML', { type: 'text/html', body: '<!doctype html><script>alert(1)</script>' }, 'assertion_failed', 'not_json'],
  ['answers another shape', { body: '{"jwt":"x"}' }, 'assertion_failed', 'no_token'],
  ['passes user_disabled on', { status: 403, body: '{"code":"user_disabled"}' }, 'user_disabled', undefined],
];
for (const [name, answer, code, reason] of endpoints) {
  test(`an assertion endpoint that ${name}: ${code}, no panel, and the next press asks again`, async () => {
    stage.userToken.answer = answer;
    const visited = await visit('/register');
    await visited.press();
    const error = await visited.event('error');
    assert.deepEqual([error.code, error.reason], [code, reason]);
    await visited.state('ready');
    stage.userToken.answer = undefined;
    await visited.press();
    await visited.event('success');
    await assertClean(visited, FAILED_LOAD);
  });
}

test('a user token as attribute stands in for the endpoint', async () => {
  const visited = await visit('/register-token');
  await visited.press();
  await visited.event('success');
  assert.equal(stage.userToken.calls, 0);
  assert.deepEqual(stage.server.calls.map((call) => [call.name, call.authorization]), [['begin_registration', 'Bearer mk2u_t'], ['finish_registration', 'Bearer mk2u_t']]);
});

test('activation lost on the way: one more press with the options in hand', async () => {
  const visited = await visit('/login');
  await visited.page.evaluate(() => {
    Object.defineProperty(navigator, 'userActivation', { value: { isActive: false } });
  });
  await visited.press();
  await visited.state('tap_again');
  await screenshot(visited.page, 'element-tap-again');
  await visited.press();
  assert.equal((await visited.event('error')).code, 'user_cancelled');
});

test('autofill: a passkey chosen in the page’s own field signs in', async () => {
  const visited = await visit('/register');
  await registerFirst(visited);
  await visited.page.goto(`${stage.url}/autofill`);
  // The virtual authenticator chooses at once.
  const success = await visited.event('success');
  assert.deepEqual([success.user.external_id, success.token], ['alice', 'mk2a_x']);
  await visited.state('success');
  await assertClean(visited);
});

test('autofill waits quietly, gives way to the button and comes back after a cancel', async () => {
  const visited = await visit('/login');
  await visited.page.addInitScript(() => {
    globalThis.gets = [];
    const get = navigator.credentials.get.bind(navigator.credentials);
    navigator.credentials.get = async (options) => {
      const entry = { mediation: options.mediation ?? 'modal', open: true };
      gets.push(entry);
      try { return await get(options); } finally { entry.open = false; }
    };
  });
  await visited.device.present(false);
  await visited.page.goto(`${stage.url}/autofill`);
  const offered = (count) => visited.page.waitForFunction((n) => gets.length === n, count);
  await offered(1);
  await visited.press();
  await offered(2);
  await visited.page.evaluate(() => document.querySelector('masterkey2-authenticate').cancel());
  await offered(3);
  assert.deepEqual(await visited.page.evaluate(() => gets), [
    { mediation: 'conditional', open: false }, { mediation: 'modal', open: false }, { mediation: 'conditional', open: true }]);
  await visited.page.evaluate(() => document.querySelector('masterkey2-authenticate').remove());
  await visited.page.waitForFunction(() => !gets[2].open);
  assert.deepEqual(await visited.page.evaluate(() => seen.filter((e) => e.type === 'error')), []);
  await assertClean(visited);
});
