// Pages that can never succeed: the amber panel in place of the button.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { screenshot } from '../support/browser.mjs';
import { problem } from '../support/fake_server.mjs';
import { assertClean, eventually, FAILED_LOAD, useStage } from '../support/stage.mjs';

const stage = useStage();
const { visit } = stage;

const panels = [
  ['/no-token', 'configuration_error', 'missing_attribute', /token/],
  ['/no-url', 'configuration_error', 'missing_attribute', /api-base-url/],
  ['/bad-url', 'configuration_error', 'bad_url', /api-base-url/],
  ['/no-assertion', 'configuration_error', 'missing_attribute', /assertion-url/],
  ['/foreign-assertion', 'configuration_error', 'bad_url', /assertion-url/],
  ['/hostile', 'configuration_error', 'invalid_token', /token/],
];
for (const [path, code, reason, text] of panels) {
  test(`${path}: the amber panel with ${code}, ${reason}`, async () => {
    const visited = await visit(path);
    const error = await visited.event('error');
    assert.deepEqual([error.code, error.reason, error.recoverable], [code, reason, false]);
    const alert = visited.page.locator('[part=panel]');
    assert.match(await alert.textContent(), /Authentication Unavailable/);
    assert.match(await alert.textContent(), text);
    assert.equal(await visited.page.getByRole('button').count(), 0);
    assert.deepEqual(stage.server.calls, []);
    if (path === '/no-token') await screenshot(visited.page, 'panel-missing-attribute');
    await assertClean(visited);
  });
}

test('an insecure page: its own panel', async () => {
  const visited = await visit('/login', { origin: stage.insecure });
  assert.equal((await visited.event('error')).code, 'insecure_context');
  assert.match(await visited.page.locator('[part=panel]').textContent(), /https:/);
  await screenshot(visited.page, 'panel-insecure');
  assert.deepEqual(stage.server.calls, []);
  await assertClean(visited);
});

test('a page on an IP address', async () => {
  const visited = await visit('/login', { origin: stage.url.replace('localhost', '127.0.0.1') });
  const error = await visited.event('error');
  assert.deepEqual([error.code, error.reason], ['configuration_error', 'ip_address']);
});

test('an origin that the tenant does not list shows the panel before any press', async () => {
  stage.server.change('begin_authentication', problem(403, 'origin_not_allowed'));
  const visited = await visit('/login');
  const error = await visited.event('error');
  assert.deepEqual([error.code, error.reason], ['configuration_error', 'origin_not_allowed']);
  await screenshot(visited.page, 'panel-origin');
  await assertClean(visited, FAILED_LOAD);
});

test('an RP ID of another domain: the panel, and focus goes with it', async () => {
  stage.server.change('begin_authentication', { ceremony: 'c', expires_in: 300, publicKey: { rpId: 'other.test', challenge: 'AAAA' } });
  const visited = await visit('/login');
  await visited.state('ready');
  await visited.page.getByRole('button').first().focus();
  await visited.page.keyboard.press('Enter');
  const error = await visited.event('error');
  assert.deepEqual([error.code, error.reason], ['configuration_error', 'rp_id_mismatch']);
  assert.equal(await visited.page.evaluate(() => document.activeElement.shadowRoot.activeElement.getAttribute('part')), 'panel');
  await screenshot(visited.page, 'panel-rp-id');
});

test('registration with a foreign RP ID never opens the dialogue', async () => {
  stage.server.change('begin_registration', { ceremony: 'c', expires_in: 300, publicKey: { rp: { id: 'other.test', name: 'S' }, challenge: 'AAAA',
    user: { id: 'dXNlcg', name: 'a', displayName: 'A' }, pubKeyCredParams: [-7, -257].map((alg) => ({ type: 'public-key', alg })) } });
  const visited = await visit('/register');
  await visited.press();
  const error = await visited.event('error');
  assert.deepEqual([error.code, error.reason], ['configuration_error', 'rp_id_mismatch']);
  assert.equal((await visited.device.credentials()).length, 0);
});

test('a browser without WebAuthn and a tenant without codes', async () => {
  stage.server.change('begin_authentication', problem(503, 'overloaded'));
  stage.server.change('cross_device', problem(404, 'not_found'));
  const visited = await visit('/no-token');
  await visited.page.addInitScript(() => { delete globalThis.PublicKeyCredential; });
  await visited.page.goto(`${stage.url}/login`);
  assert.equal((await visited.event('error')).code, 'not_supported');
  await screenshot(visited.page, 'panel-not-supported');
});

test('registration in a browser without WebAuthn', async () => {
  const visited = await visit('/no-token');
  await visited.page.addInitScript(() => { delete globalThis.PublicKeyCredential; });
  await visited.page.goto(`${stage.url}/register`);
  assert.equal((await visited.event('error')).code, 'not_supported');
});

test('attributes that arrive late take the panel away', async () => {
  const visited = await visit('/no-token');
  await visited.state('unavailable');
  await visited.page.evaluate(() => { document.querySelector('masterkey2-authenticate').token = 'mk2s_late'; });
  await visited.state('ready');
  await visited.press();
  await visited.event('error');
  assert.equal(stage.server.calls.at(-1).authorization, 'Bearer mk2s_late');
});

test('an answer to an older token says nothing about the new one', async () => {
  let refuse;
  stage.server.change('begin_authentication', (response) => { refuse = () => {
    response.writeHead(401, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ type: 'urn:masterkey2:error:invalid_token', code: 'invalid_token' }));
  }; });
  const visited = await visit('/login');
  await eventually('the begin call', () => refuse !== undefined);
  stage.server.restore();
  const renewed = visited.page.waitForResponse('**/begin_authentication');
  await visited.page.evaluate(() => { document.querySelector('masterkey2-authenticate').token = 'mk2s_new'; });
  await renewed;
  const refused = visited.page.waitForResponse((response) => response.status() === 401);
  refuse();
  await (await refused).finished();
  await visited.press();
  assert.equal((await visited.event('error')).code, 'user_cancelled');
  await assertClean(visited, FAILED_LOAD);
});

test('a refusal is told once, however many attributes change', async () => {
  const visited = await visit('/no-token');
  await visited.event('error');
  await visited.page.evaluate(async () => {
    document.querySelector('masterkey2-authenticate').setAttribute('timeout', '1000');
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve));
  });
  assert.deepEqual(await visited.page.evaluate(() => seen.filter((e) => e.type === 'error')), []);
});
