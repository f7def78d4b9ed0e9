// The sign-in on a phone as the computer shows it: code, states, typing, renewal, switches.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessibilityFindings, screenshot } from '../support/browser.mjs';
import { problem } from '../support/fake_server.mjs';
import { readQr } from '../support/read_qr.mjs';
import { assertClean, eventually, FAILED_LOAD, useStage } from '../support/stage.mjs';

const stage = useStage();
const { visit } = stage;
const USER = { id: 'dXNlcg', external_id: 'alice' };
const DONE = { state: 'completed', expires_in: 90, user: USER, auth_token: 'mk2a_q' };
const say = (state, more = {}) => stage.server.change('cross_device/status', { state, expires_in: 110, ...more });
const image = (page) => page.locator('[part=qr-image]');
const names = () => stage.server.calls.map((call) => call.name);
const count = (name) => names().filter((other) => other === name).length;

async function scan(page) {
  await image(page).waitFor();
  return readQr(page);
}

test('from the code on the screen to the token, with the phone’s code typed here', async () => {
  const url = `http://auth.test/q#mk2q_${'x'.repeat(150)}`;
  stage.server.change('cross_device', { url, poll_token: 'mk2p_t', expires_in: 120, poll_ms: 20 });
  const visited = await visit('/qr');
  const { page, state, event } = visited;
  await state('qr_pending');
  assert.equal(await scan(page), url);
  assert.ok(await page.getByRole('img', { name: /QR code/ }).isVisible());
  await screenshot(page, 'qr-pending');
  say('scanned');
  await state('qr_scanned');
  await page.getByText('Scanned. Continue').waitFor();
  await screenshot(page, 'qr-scanned');
  say('confirm', { attempts_left: 3 });
  await state('qr_confirm');
  await screenshot(page, 'qr-confirm');
  stage.server.change('cross_device/confirm', (response) => {
    say('completed', DONE);
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"state":"completed"}');
  });
  // The focus is in the field already: nobody has typed elsewhere.
  await page.keyboard.type('123 456');
  await page.keyboard.press('Enter');
  const success = await event('success');
  assert.deepEqual([success.user.external_id, success.token, success.method], ['alice', 'mk2a_q', 'qr']);
  await state('success');
  assert.deepEqual(stage.server.calls.find((call) => call.name === 'cross_device/confirm').body, { code: '123456' });
  assert.equal(await page.locator('[part=qr]').count(), 0);
  await assertClean(visited);
});

test('wrong codes: what is left is said, the third one ends it, a new code can be had', async () => {
  say('confirm', { attempts_left: 3 });
  let left = 3;
  stage.server.change('cross_device/confirm', (response) => {
    left--;
    if (left === 0) say('denied');
    response.writeHead(200, { 'Content-Type': 'application/json' })
      .end(JSON.stringify(left ? { state: 'confirm', attempts_left: left } : { state: 'denied' }));
  });
  const visited = await visit('/qr');
  const { page, state, event } = visited;
  await state('qr_confirm');
  const type = async (code) => {
    await page.getByLabel('Code on your phone').fill(code);
    await page.getByRole('button', { name: 'Confirm' }).click();
  };
  await type('12345');
  await page.getByText('six digits.').waitFor();
  assert.equal(left, 3, 'a slip costs no try');
  await type('000000');
  await page.getByText('Tries left: 2.').waitFor();
  await screenshot(page, 'qr-wrong-code');
  await type('000001');
  await page.getByText('Tries left: 1.').waitFor();
  assert.deepEqual(await page.evaluate(() => seen.filter((e) => e.type === 'error')), []);
  await type('000002');
  assert.equal((await event('error')).code, 'qr_code_mismatch');
  await state('qr_denied');
  await screenshot(page, 'qr-denied');
  say('pending');
  await page.getByRole('button', { name: 'Show a new code' }).click();
  await state('qr_pending');
  await assertClean(visited);
});

test('declined on the phone: qr_denied, and the button for a new code', async () => {
  say('denied');
  const visited = await visit('/qr');
  const error = await visited.event('error');
  assert.deepEqual([error.code, error.recoverable], ['qr_denied', true]);
  assert.match(await visited.page.getByRole('alert').textContent(), /declined/);
  assert.ok(await visited.page.getByRole('button', { name: 'Show a new code' }).isVisible());
  await assertClean(visited);
});

test('a code that nobody scans is renewed once, then waits for a press, and nothing has failed', async () => {
  say('expired');
  const visited = await visit('/qr');
  await visited.page.getByRole('button', { name: 'Show a new code' }).waitFor();
  await visited.state('qr_expired');
  await screenshot(visited.page, 'qr-expired');
  assert.equal(count('cross_device'), 2);
  assert.deepEqual(await visited.page.evaluate(() => seen.filter((e) => e.type === 'error')), []);
  say('pending');
  await visited.page.getByRole('button', { name: 'Show a new code' }).press('Enter');
  await visited.state('qr_pending');
  assert.equal(await visited.page.evaluate(() => document.activeElement.shadowRoot.activeElement.getAttribute('part')), 'qr', 'the focus stays');
  await assertClean(visited);
});

test('a code that expires while the phone is at work is qr_expired', async () => {
  say('scanned');
  const visited = await visit('/qr');
  await visited.state('qr_scanned');
  stage.server.change('cross_device/status', problem(410, 'cross_device_expired'));
  assert.equal((await visited.event('error')).code, 'qr_expired');
  await visited.state('qr_expired');
  await assertClean(visited, FAILED_LOAD);
});

test('this device instead: the code ends, and comes back after a cancel', async () => {
  const visited = await visit('/qr');
  const { page, state, event } = visited;
  await state('qr_pending');
  await page.getByRole('button', { name: 'Use this device or a security key' }).click();
  assert.equal((await event('error')).code, 'user_cancelled');
  await state('qr_pending');
  assert.equal(count('cross_device'), 2);
  assert.match(await page.getByRole('status').textContent(), /Nothing happened/);
  await screenshot(page, 'qr-after-cancel');
  await assertClean(visited);
});

test('the switch shows the code and hides it; hidden, nothing is asked', async () => {
  const visited = await visit('/login');
  const { page, state } = visited;
  await state('ready');
  await screenshot(page, 'switch-closed');
  assert.equal(count('cross_device'), 0);
  const other = page.locator('[part=alternative]');
  await other.click();
  await state('qr_pending');
  assert.equal(await other.getAttribute('aria-expanded'), 'true');
  await screenshot(page, 'switch-open');
  await other.click();
  await state('ready');
  assert.equal(await image(page).count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.getAttribute('part')), 'alternative');
  const asked = names().length;
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 60)));
  assert.equal(names().length, asked);
  await assertClean(visited);
});

test('both: the button first, the code in view', async () => {
  const visited = await visit('/both-ways');
  await visited.state('qr_pending');
  const [button, code] = await visited.page.evaluate(() => {
    const root = document.querySelector('masterkey2-authenticate').shadowRoot;
    return ['button', 'qr'].map((part) => root.querySelector(`[part=${part}]`).getBoundingClientRect().top);
  });
  assert.ok(button < code);
  await screenshot(visited.page, 'both');
});

test('the elements with one view each', async () => {
  const code = await visit('/qr-only');
  await code.state('qr_pending');
  assert.equal(await code.page.getByRole('button').count(), 0);
  const button = await visit('/button-only');
  await button.state('ready');
  assert.deepEqual(await button.page.getByRole('button').allTextContents(), ['Sign in with a passkey']);
  await button.press();
  assert.equal((await button.event('error')).code, 'user_cancelled');
});

test('a browser without WebAuthn shows the code alone', async () => {
  const visited = await visit('/no-token');
  await visited.page.addInitScript(() => { delete globalThis.PublicKeyCredential; });
  await visited.page.goto(`${stage.url}/login`);
  await visited.state('qr_pending');
  assert.equal(await visited.page.getByRole('button').count(), 0);
  await screenshot(visited.page, 'qr-alone');
});

test('Firefox on a computer: the code first, the button beneath it', async () => {
  const visited = await visit('/no-token');
  await visited.page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'userAgent', { get: () => 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' });
    Object.defineProperty(Navigator.prototype, 'userAgentData', { get: () => undefined });
    PublicKeyCredential.getClientCapabilities = async () => ({ userVerifyingPlatformAuthenticator: false, hybridTransport: false });
  });
  await visited.page.goto(`${stage.url}/login`);
  await visited.state('qr_pending');
  assert.deepEqual(await visited.page.getByRole('button').allTextContents(), ['Use this device or a security key']);
});

for (const [name, answers] of [
  ['said at begin', { begin_authentication: { ceremony: 'c', expires_in: 300, publicKey: { rpId: 'localhost', challenge: 'AAAA' }, client: { rp_id: 'localhost', name: 'S', cross_device: false } } }],
  ['found out at the code', { cross_device: problem(404, 'not_found') }],
]) {
  test(`a tenant without codes, ${name}: the button alone`, async () => {
    for (const [route, answer] of Object.entries(answers)) stage.server.change(route, answer);
    const visited = await visit('/qr');
    await visited.page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
    await visited.state('ready');
    assert.equal(await image(visited.page).count(), 0);
    assert.deepEqual(await visited.page.evaluate(() => seen.filter((e) => e.type === 'error')), []);
    await assertClean(visited, FAILED_LOAD);
  });
}

test('a copy of the SDK without qr.js: the button alone', async () => {
  const visited = await visit('/login');
  await visited.page.route('**/sdk/qr.js', (route) => route.fulfill({ status: 404 }));
  await visited.page.goto(`${stage.url}/qr`);
  await visited.page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
  assert.equal(count('cross_device'), 0);
  await assertClean(visited, FAILED_LOAD);
});

test('a server that is not there: the code, an error and a way to try again', async () => {
  const visited = await visit('/login');
  await visited.page.route('**/cross_device', (route) => route.abort());
  await visited.page.goto(`${stage.url}/qr-only`);
  assert.equal((await visited.event('error')).code, 'server_unreachable');
  await visited.state('qr_failed');
  await visited.page.unroute('**/cross_device');
  await visited.page.getByRole('button', { name: 'Show a new code' }).click();
  await visited.state('qr_pending');
  await assertClean(visited, FAILED_LOAD);
});

test('an address too long for a code is configuration_error, and nothing is injected', async () => {
  stage.server.change('cross_device', { url: `http://auth.test/q#${'"><img src=x onerror=alert(1)>'.repeat(40)}`, poll_token: 'p', expires_in: 120, poll_ms: 20 });
  const visited = await visit('/qr-only');
  const error = await visited.event('error');
  assert.deepEqual([error.code, error.reason], ['configuration_error', 'bad_answer']);
  await assertClean(visited);
});

test('taken away, the element asks no more; a new token brings a new code', async () => {
  const visited = await visit('/qr');
  await visited.state('qr_pending');
  await visited.page.evaluate(() => { document.querySelector('masterkey2-authenticate').token = 'mk2s_new'; });
  await eventually('a code for the new token', () => stage.server.calls.some((call) => call.name === 'cross_device' && call.authorization === 'Bearer mk2s_new'));
  await visited.state('qr_pending');
  await visited.page.evaluate(async () => {
    document.querySelector('masterkey2-authenticate').remove();
    await new Promise((resolve) => setTimeout(resolve, 40));
  });
  const asked = names().length;
  await visited.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 80)));
  assert.equal(names().length, asked);
  assert.deepEqual(await visited.page.evaluate(() => seen.filter((e) => e.type === 'error')), []);
  await assertClean(visited);
});

for (const [path, colorScheme, forcedColors] of [
  ['/qr', 'light', 'none'], ['/qr', 'dark', 'none'], ['/qr', 'light', 'active'], ['/qr', 'dark', 'active'],
  ['/qr-arabic', 'light', 'none'], ['/qr-arabic', 'dark', 'none'],
]) {
  test(`accessible in every state of the code: ${path}, ${colorScheme}, forced colours ${forcedColors}`, async () => {
    const visited = await visit(path, { colorScheme, forcedColors });
    const look = async (state) => {
      await visited.state(state);
      assert.deepEqual(await accessibilityFindings(visited.page), [], state);
      await screenshot(visited.page, `${path.slice(1)}-${colorScheme}-${forcedColors}-${state}`);
    };
    await look('qr_pending');
    say('scanned');
    await look('qr_scanned');
    say('confirm', { attempts_left: 2 });
    await look('qr_confirm');
    say('denied');
    await look('qr_denied');
  });
}

test('a narrow page: nothing sticks out, the code keeps its quiet zone, targets are large', async () => {
  const visited = await visit('/qr', { viewport: { width: 320, height: 640 } });
  await visited.state('qr_pending');
  assert.equal(await visited.page.evaluate(() => document.documentElement.scrollWidth), 320);
  assert.match(await scan(visited.page), /^http:\/\/auth\.test\/q#/);
  say('confirm', { attempts_left: 3 });
  await visited.state('qr_confirm');
  for (const control of [visited.page.getByLabel('Code on your phone'), visited.page.getByRole('button', { name: 'Confirm' })]) {
    const { width, height } = await control.boundingBox();
    assert.ok(width >= 44 && height >= 44);
  }
});
