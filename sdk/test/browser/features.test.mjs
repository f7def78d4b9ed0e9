// Forms without a script, secrets of passkeys, immediate mode, silent upgrade, signals.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problem } from '../support/fake_server.mjs';
import { assertClean, eventually, FAILED_LOAD, useStage } from '../support/stage.mjs';

const stage = useStage();
const { visit, registerFirst } = stage;

test('form-field: the form carries the token, no script on the page', async () => {
  const visited = await visit('/register');
  await registerFirst(visited);
  await visited.page.goto(`${stage.url}/form`);
  await visited.press();
  await visited.page.waitForURL('**/signed-in');
  assert.equal(stage.posted, 'mk2_token=mk2a_x');
});

test('form-field: a page that prevents the default of success keeps the form', async () => {
  const visited = await visit('/register');
  await registerFirst(visited);
  await visited.page.goto(`${stage.url}/form`);
  await visited.page.evaluate(() => document.querySelector('masterkey2-authenticate').addEventListener('success', (event) => event.preventDefault()));
  await visited.press();
  await visited.state('success');
  assert.equal(stage.posted, undefined);
  await visited.page.evaluate(() => document.querySelector('form').reset());
  await visited.state('ready');
});

test('a disabled fieldset disables the element', async () => {
  const visited = await visit('/form');
  await visited.state('ready');
  await visited.page.evaluate(() => {
    const fieldset = document.createElement('fieldset');
    fieldset.disabled = true;
    document.querySelector('form').append(fieldset);
    fieldset.append(document.querySelector('masterkey2-authenticate'));
  });
  await visited.page.getByRole('button').first().click({ force: true });
  assert.equal(await visited.page.evaluate(() => document.querySelector('masterkey2-authenticate').state), 'ready');
});

/** Keeps what the page's credentials calls were given; `change` is put over it in the page. */
const record = (page, change = '') => page.addInitScript(`
  globalThis.asked = [];
  for (const kind of ['get', 'create']) {
    const call = navigator.credentials[kind].bind(navigator.credentials);
    navigator.credentials[kind] = (options) => {
      asked.push({ kind, mediation: options.mediation, uiMode: options.uiMode, hints: options.publicKey.hints, extensions: Object.keys(options.publicKey.extensions ?? {}) });
      return globalThis.answer?.(kind, options, call) ?? call(options);
    };
  }
  ${change}`);
const asked = (page) => page.evaluate(() => globalThis.asked);

test('prf: the same secret at registration and sign-in, which no server sees', async () => {
  const visited = await visit('/no-token', { prf: true });
  const { page } = visited;
  const use = (path) => page.goto(`${stage.url}${path}`).then(() => page.evaluate(async () => {
    const element = document.querySelector('masterkey2-authenticate, masterkey2-register');
    element.prf = { salt: 'notes', raw: true };
    const done = new Promise((resolve, reject) => {
      element.addEventListener('success', (event) => resolve(event.detail));
      element.addEventListener('error', (event) => reject(new Error(event.detail.code)));
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    element.shadowRoot.querySelector('button').click();
    const { prf, prfEnabled } = await done;
    const key = await prf.deriveKey('one');
    return { prfEnabled, bytes: [...prf.bytes], extractable: key.extractable };
  }));
  const made = await use('/register');
  const got = await use('/login');
  assert.equal(made.prfEnabled, true);
  assert.equal(got.bytes.length, 32);
  assert.deepEqual(got.bytes, made.bytes);
  assert.equal(got.extractable, false);
  const sent = JSON.stringify(stage.server.calls);
  assert.doesNotMatch(sent, /"results"/);
  assert.ok(!sent.includes(Buffer.from(got.bytes).toString('base64url')));
  assert.deepEqual(stage.server.calls.find((call) => call.name === 'finish_registration').body.credential.clientExtensionResults.prf, { enabled: true });
  assert.equal(await page.locator('[part=alternative]').count(), 0, 'a phone keeps its secret');
});

test('prf: a passkey without is prf_unavailable, nothing is finished; optional, the sign-in goes on', async () => {
  const visited = await visit('/register');
  await registerFirst(visited);
  stage.server.calls.length = 0;
  await visited.page.goto(`${stage.url}/login`);
  const want = (prf) => visited.page.evaluate((value) => { document.querySelector('masterkey2-authenticate').prf = value; }, prf);
  await want({ salt: 'notes' });
  await visited.press();
  assert.equal((await visited.event('error')).code, 'prf_unavailable');
  assert.ok(!stage.server.calls.some((call) => call.name === 'finish_authentication'));
  await want({ salt: 'notes', optional: true });
  await visited.press();
  assert.equal((await visited.event('success')).prf, undefined);
});

test('prf: UnknownError at registration is tried once more without it', async () => {
  const visited = await visit('/no-token');
  await record(visited.page, `globalThis.answer = (kind, options) => {
    if (options.publicKey.extensions?.prf) throw new DOMException('x', 'UnknownError');
  };`);
  await visited.page.goto(`${stage.url}/register`);
  await visited.page.evaluate(() => { document.querySelector('masterkey2-register').prf = { salt: 'notes' }; });
  await visited.press();
  assert.equal((await visited.event('success')).prfEnabled, false);
  assert.deepEqual((await asked(visited.page)).map((call) => call.extensions), [['prf'], []]);
});

test('immediate: asked in that way, hints with it; nothing here is credential_not_found at once', async () => {
  const visited = await visit('/no-token');
  await record(visited.page, `
    PublicKeyCredential.getClientCapabilities = async () => ({ immediateGet: true });
    globalThis.answer = async () => { throw new DOMException('x', 'NotAllowedError'); };`);
  await visited.page.goto(`${stage.url}/immediate`);
  await visited.press();
  const error = await visited.event('error');
  assert.deepEqual([error.code, error.reason], ['credential_not_found', 'immediate']);
  const [{ kind, uiMode, hints }] = await asked(visited.page);
  assert.deepEqual([kind, uiMode, hints], ['get', 'immediate', ['security-key']]);
});

test('immediate: a browser that cannot asks in the usual way', async () => {
  const visited = await visit('/no-token');
  await record(visited.page, 'PublicKeyCredential.getClientCapabilities = async () => ({});');
  await visited.page.goto(`${stage.url}/immediate`);
  await visited.press();
  assert.equal((await visited.event('error')).code, 'user_cancelled');
  assert.equal((await asked(visited.page))[0].uiMode, undefined);
});

test('upgrade: a passkey without asking; the endpoint is asked by POST', async () => {
  const visited = await visit('/no-token');
  await record(visited.page, `
    PublicKeyCredential.getClientCapabilities = async () => ({ conditionalCreate: true });
    globalThis.answer = (kind, { mediation, ...options }, call) => call(options);`);
  await visited.page.goto(`${stage.url}/upgrade`);
  const { credential } = await visited.event('success');
  assert.equal(credential.name, 'Key');
  await visited.state('success');
  assert.equal(stage.userToken.method, 'POST');
  assert.equal((await asked(visited.page))[0].mediation, 'conditional');
  assert.deepEqual(stage.server.calls.map((call) => [call.name, call.body.mediation]), [['begin_registration', 'conditional'], ['finish_registration', undefined]]);
  await assertClean(visited);
});

test('upgrade: what cannot be is told to nobody, and the button works', async () => {
  const visited = await visit('/no-token');
  await record(visited.page, `
    PublicKeyCredential.getClientCapabilities = async () => ({ conditionalCreate: true });
    globalThis.answer = async (kind, { mediation, ...options }, call) => {
      if (mediation) throw new DOMException('x', 'NotAllowedError');
      return call(options);
    };`);
  await visited.page.goto(`${stage.url}/upgrade`);
  await visited.page.waitForFunction(() => asked.length === 1);
  await visited.press();
  await visited.event('success');
  const errors = await visited.page.evaluate(() => seen.filter((event) => event.type === 'error'));
  assert.deepEqual(errors, []);
});

test('upgrade: a browser without it asks nobody for a token', async () => {
  const visited = await visit('/no-token');
  await record(visited.page, 'PublicKeyCredential.getClientCapabilities = async () => ({});');
  await visited.page.goto(`${stage.url}/upgrade`);
  await visited.state('ready');
  await visited.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
  assert.equal(stage.userToken.calls, 0);
});

test('signals: a passkey that the server does not know any more is gone from the device', async () => {
  const visited = await visit('/register');
  await registerFirst(visited);
  const [{ credentialId }] = await visited.device.credentials();
  const unknown_credential_id = Buffer.from(credentialId, 'base64').toString('base64url');
  stage.server.change('finish_authentication', problem(404, 'credential_not_found', { signal: { unknown_credential_id } }));
  await visited.page.goto(`${stage.url}/login`);
  await visited.press();
  assert.equal((await visited.event('error')).code, 'credential_not_found');
  let left = 1;
  const look = async () => { left = (await visited.device.credentials()).length; };
  for (let turn = 0; turn < 100 && left > 0; turn++) await look();
  assert.equal(left, 0);
  await assertClean(visited, FAILED_LOAD);
});

test('autofill: after a refusal of the server it is offered again', async () => {
  const visited = await visit('/register');
  await registerFirst(visited);
  stage.server.change('finish_authentication', problem(500, 'internal'));
  await visited.page.goto(`${stage.url}/autofill`);
  assert.equal((await visited.event('error')).code, 'internal');
  stage.server.change('finish_authentication', undefined);
  await visited.event('success');
  await eventually('the calls', () => stage.server.calls.length >= 4);
});
