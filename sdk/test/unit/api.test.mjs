import assert from 'node:assert/strict';
import test from 'node:test';
import { MasterKey2, MasterKey2Error, MK2Events } from '../../.build/core.js';
import { classify } from '../../.build/prompt.js';

const bytes = new Uint8Array([1, 2, 3]).buffer;
const credential = { rawId: bytes, type: 'public-key', getClientExtensionResults: () => ({}),
  response: { clientDataJSON: bytes, attestationObject: bytes, authenticatorData: bytes, signature: bytes, userHandle: bytes } };
const user = { id: 'u', external_id: 'alice' };
const answers = {
  begin_authentication: { ceremony: 'c', expires_in: 300, publicKey: { challenge: 'AA', rpId: 'shop.test' } },
  finish_authentication: { user, auth_token: 'mk2a_1', expires_in: 120 },
  begin_registration: { ceremony: 'c', expires_in: 300, publicKey: { challenge: 'AA', rp: { id: 'shop.test', name: 'S' }, user: { id: 'AA' } } },
  finish_registration: { user, credential: { credential_id: 'x', name: 'Key' } },
};

/** A page at https://shop.test whose browser has `credentials`; `change` overrides answers. */
function page({ credentials = {}, change = {}, hostname = 'shop.test' } = {}) {
  const calls = [];
  const set = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  set('isSecureContext', true);
  set('location', { hostname, protocol: 'https:' });
  set('PublicKeyCredential', class {});
  set('navigator', { credentials: { get: async () => credential, create: async () => credential, ...credentials } });
  const fetch = async (url, init) => {
    const name = url.split('/').pop();
    calls.push({ name, body: JSON.parse(init.body), authorization: init.headers.authorization });
    const answer = change[name] ?? answers[name];
    return answer instanceof Response ? answer : new Response(JSON.stringify(answer));
  };
  return { calls, auth: new MasterKey2({ apiBaseUrl: 'https://auth.test', token: 'mk2s_t', fetch }) };
}
const refuse = (name) => async () => { throw new DOMException('x', name); };
/** Resolves when a ceremony of `auth` has reached the dialogue; to be called before it begins. */
const prompting = (auth) => new Promise((resolve) => {
  // A task later, so that the browser has been called.
  const off = auth.on(MK2Events.STATE_CHANGED, ({ state }) => {
    if (state === 'prompting') { off(); setTimeout(resolve); }
  });
});
const pending = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new DOMException('x', 'AbortError'))));

test('defaults of the configuration', () => {
  const { config } = new MasterKey2({ apiBaseUrl: 'https://auth.test' });
  assert.deepEqual(config, { apiBaseUrl: 'https://auth.test', debug: false, timeout: 30000, qrPollInterval: 2000, qrExpirationTime: 300000 });
});

test('signing in: promise, callback and event all carry user and token', async () => {
  const { auth, calls } = page();
  const seen = [];
  auth.on(MK2Events.AUTH_SUCCESS, (result) => seen.push(['event', result]));
  const result = await auth.passkey.authenticate({ onSuccess: (r) => seen.push(['callback', r]) });
  assert.deepEqual(result, { user, token: 'mk2a_1', method: 'passkey' });
  assert.deepEqual(seen, [['callback', result], ['event', result]]);
  assert.deepEqual(calls.map((c) => [c.name, c.authorization]), [['begin_authentication', 'Bearer mk2s_t'], ['finish_authentication', 'Bearer mk2s_t']]);
  assert.equal(calls[1].body.ceremony, 'c');
  assert.equal(calls[1].body.credential.rawId, 'AQID');
});

test('registering: getToken is asked, the name goes to both calls', async () => {
  const { auth, calls } = page();
  const result = await auth.passkey.register({ getToken: async () => 'mk2u_t', name: 'Key' });
  assert.deepEqual(result, { user, credential: { credential_id: 'x', name: 'Key' } });
  assert.deepEqual(calls.map((c) => [c.authorization, c.body.name]), [['Bearer mk2u_t', 'Key'], ['Bearer mk2u_t', 'Key']]);
});

test('the states on the way', async () => {
  const { auth } = page();
  const states = [];
  auth.on(MK2Events.STATE_CHANGED, ({ state }) => states.push(state));
  await auth.passkey.authenticate();
  assert.deepEqual(states, ['preparing', 'prompting', 'verifying', 'success']);
});

test('a failure rejects when nobody listens', async () => {
  const { auth } = page({ credentials: { get: refuse('NotAllowedError') } });
  await assert.rejects(auth.passkey.authenticate(), (e) => e instanceof MasterKey2Error && e.code === 'user_cancelled');
});

test('a failure resolves with undefined when a callback or a listener has heard it', async () => {
  const { auth } = page({ credentials: { get: refuse('NotAllowedError') } });
  const seen = [];
  assert.equal(await auth.passkey.authenticate({ onError: (e) => seen.push(e.code) }), undefined);
  const off = auth.on(MK2Events.AUTH_ERROR, (d) => seen.push(d.code, d.error.message, d.recoverable));
  assert.equal(await auth.passkey.authenticate(), undefined);
  assert.equal(seen[0], 'user_cancelled');
  assert.equal(seen[1], 'user_cancelled');
  assert.equal(typeof seen[2], 'string');
  assert.equal(seen[3], true);
  off();
  await assert.rejects(auth.passkey.authenticate());
});

test('an error of the other ceremony is heard by nobody', async () => {
  const { auth } = page({ credentials: { create: refuse('InvalidStateError') } });
  auth.on(MK2Events.AUTH_ERROR, () => assert.fail('not mine'));
  await assert.rejects(auth.passkey.register(), { code: 'already_registered' });
});

test('abort ends the ceremony and tells nobody', async () => {
  const { auth } = page({ credentials: { get: pending } });
  auth.on(MK2Events.AUTH_ERROR, () => assert.fail('an abort of our own is no error'));
  const reached = prompting(auth);
  const call = auth.passkey.authenticate({ onError: () => assert.fail('nor for callbacks') });
  await reached;
  await auth.passkey.abort();
  assert.equal(await call, undefined);
});

test('a signal does the same, before and during', async () => {
  const { auth } = page({ credentials: { get: pending } });
  assert.equal(await auth.passkey.authenticate({ signal: AbortSignal.abort() }), undefined);
  const controller = new AbortController();
  const reached = prompting(auth);
  const call = auth.passkey.authenticate({ signal: controller.signal });
  await reached;
  controller.abort();
  assert.equal(await call, undefined);
});

test('one ceremony at a time: the newer call ends the older one first', async () => {
  const order = [];
  let n = 0;
  const { auth } = page({ credentials: { get: async (options) => {
    const mine = ++n;
    order.push(`open ${mine}`);
    if (mine === 2) return credential;
    return pending(options).finally(() => order.push(`closed ${mine}`));
  } } });
  const states = [];
  auth.on(MK2Events.STATE_CHANGED, ({ state }) => states.push(state));
  const reached = prompting(auth);
  const first = auth.passkey.authenticate();
  await reached;
  const second = auth.passkey.authenticate();
  assert.equal(await first, undefined);
  assert.equal((await second).token, 'mk2a_1');
  assert.deepEqual(order, ['open 1', 'closed 1', 'open 2']);
  assert.deepEqual(states, ['preparing', 'prompting', 'preparing', 'prompting', 'verifying', 'success']);
});

test('autofill waits without a dialogue and gives way to one', async () => {
  const seen = [];
  const { auth } = page({ credentials: { get: async (options) => {
    seen.push(options.mediation);
    return options.mediation ? pending(options) : credential;
  } } });
  globalThis.PublicKeyCredential.isConditionalMediationAvailable = async () => true;
  const reached = prompting(auth);
  const offer = auth.passkey.authenticate({ autofill: true });
  await reached;
  assert.equal((await auth.passkey.authenticate()).token, 'mk2a_1');
  assert.equal(await offer, undefined);
  assert.deepEqual(seen, ['conditional', undefined]);
});

test('autofill never ends a dialogue that is open', async () => {
  const { auth } = page({ credentials: { get: pending } });
  globalThis.PublicKeyCredential.isConditionalMediationAvailable = async () => true;
  const reached = prompting(auth);
  const call = auth.passkey.authenticate();
  await reached;
  assert.equal(await auth.passkey.authenticate({ autofill: true }), undefined);
  await auth.passkey.abort();
  assert.equal(await call, undefined);
});

test('autofill where the browser has none asks nobody', async () => {
  const { auth, calls } = page();
  assert.equal(await auth.passkey.authenticate({ autofill: true }), undefined);
  assert.deepEqual(calls, []);
});

test('a null credential is a cancel', async () => {
  const { auth } = page({ credentials: { get: async () => null } });
  await assert.rejects(auth.passkey.authenticate(), { code: 'user_cancelled' });
});

test('an RP ID of another domain is refused before the dialogue', async () => {
  const never = async () => assert.fail('no dialogue');
  const { auth } = page({ hostname: 'other.test', credentials: { get: never, create: never } });
  await assert.rejects(auth.passkey.authenticate(), { code: 'configuration_error', reason: 'rp_id_mismatch' });
  await assert.rejects(auth.passkey.register(), { code: 'configuration_error', reason: 'rp_id_mismatch' });
});

test('where the browser knows related origins it is the one to decide', async () => {
  const { auth } = page({ hostname: 'other.test', credentials: { get: refuse('SecurityError') } });
  globalThis.PublicKeyCredential.getClientCapabilities = async () => ({ relatedOrigins: true });
  await assert.rejects(auth.passkey.authenticate(), { code: 'configuration_error', reason: 'rp_id_mismatch' });
});

test('no token, a foreign page and a bad address are configuration errors', async () => {
  const { auth } = page();
  await assert.rejects(new MasterKey2({ apiBaseUrl: 'https://auth.test' }).passkey.authenticate(), { code: 'configuration_error', reason: 'missing_attribute' });
  await assert.rejects(new MasterKey2({ apiBaseUrl: 'nowhere', token: 't' }).passkey.authenticate(), { code: 'configuration_error', reason: 'bad_url' });
  globalThis.isSecureContext = false;
  await assert.rejects(auth.passkey.authenticate(), { code: 'insecure_context' });
});

test('a getToken that throws is assertion_failed with its cause', async () => {
  const { auth } = page();
  const cause = new Error('of the site');
  await assert.rejects(auth.passkey.register({ getToken: () => { throw cause; } }), (e) => e.code === 'assertion_failed' && e.cause === cause);
});

test('options of the server that no browser can take', async () => {
  const { auth } = page({ change: { begin_authentication: { ceremony: 'c', expires_in: 300, publicKey: { challenge: '%' } } } });
  await assert.rejects(auth.passkey.authenticate(), { code: 'configuration_error', reason: 'bad_answer' });
});

test('what browsers throw, as codes', () => {
  const rows = [['NotAllowedError', 'get', false, 'user_cancelled'], ['NotAllowedError', 'get', true, 'timeout'], ['AbortError', 'get', false, 'user_cancelled'],
    ['InvalidStateError', 'create', false, 'already_registered'], ['InvalidStateError', 'get', false, 'authenticator_error'], ['SecurityError', 'get', false, 'configuration_error'],
    ['NotSupportedError', 'create', false, 'not_supported'], ['ConstraintError', 'create', false, 'authenticator_error'], ['UnknownError', 'get', false, 'authenticator_error']];
  for (const [name, kind, late, code] of rows) assert.equal(classify(new DOMException('x', name), kind, late).code, code, name);
  for (const odd of [undefined, null, 'text', {}, new TypeError('x')]) assert.equal(classify(odd, 'get', false).code, 'authenticator_error');
  const policy = new DOMException("The 'publickey-credentials-get' feature is not enabled in this document.", 'NotAllowedError');
  assert.equal(classify(policy, 'get', false).reason, 'permissions_policy');
});

/** What the browser was asked, kept by a page whose browser can do what `can` says. */
function asking({ can = {}, answer = () => credential, change } = {}) {
  const asked = [];
  const call = async (options) => { asked.push(options); return answer(options); };
  const at = page({ credentials: { get: call, create: call }, change });
  globalThis.PublicKeyCredential.getClientCapabilities = async () => can;
  return { ...at, asked };
}

test('hints of the call stand in for those of the tenant; unknown words are left out', async () => {
  const { auth, asked } = asking();
  await auth.passkey.authenticate({ hints: ['hybrid', 'nonsense'] });
  await auth.passkey.register({ hints: ['security-key'] });
  await auth.passkey.authenticate({ hints: ['nonsense'] });
  assert.deepEqual(asked.map(({ publicKey }) => publicKey.hints), [['hybrid'], ['security-key'], undefined]);
});

test('immediate: in that way where the browser can, in the usual one where not', async () => {
  for (const [can, uiMode] of [[{ immediateGet: true }, 'immediate'], [{}, undefined]]) {
    const { auth, asked } = asking({ can });
    await auth.passkey.authenticate({ immediate: true });
    assert.equal(asked[0].uiMode, uiMode);
  }
  const none = asking({ can: { immediateGet: true }, answer: () => { throw new DOMException('x', 'NotAllowedError'); } });
  await assert.rejects(none.auth.passkey.authenticate({ immediate: true }), { code: 'credential_not_found', reason: 'immediate' });
});

test('prf: the salt is asked for; without a secret nothing is finished unless it is optional', async () => {
  const { auth, asked, calls } = asking();
  await assert.rejects(auth.passkey.authenticate({ prf: { salt: 'notes' } }), { code: 'prf_unavailable' });
  assert.deepEqual(asked[0].publicKey.extensions, { prf: { eval: { first: new TextEncoder().encode('notes') } } });
  assert.deepEqual(calls.map((c) => c.name), ['begin_authentication']);
  assert.equal((await auth.passkey.authenticate({ prf: { salt: 'notes', optional: true } })).prf, undefined);
  const made = await auth.passkey.register({ prf: { salt: 'notes' } });
  assert.deepEqual([made.prfEnabled, made.prf], [false, undefined]);
});

test('upgrade: without a dialogue where the browser can; otherwise nobody is asked and nobody told', async () => {
  const { auth, asked, calls } = asking({ can: { conditionalCreate: true } });
  assert.equal((await auth.passkey.register({ upgrade: true })).credential.name, 'Key');
  assert.equal(asked[0].mediation, 'conditional');
  assert.equal(calls[0].body.mediation, 'conditional');
  const without = asking();
  const getToken = () => assert.fail('not asked');
  assert.equal(await without.auth.passkey.register({ upgrade: true, getToken, onError: assert.fail }), undefined);
  const refused = asking({ can: { conditionalCreate: true }, answer: () => { throw new DOMException('x', 'NotAllowedError'); } });
  assert.equal(await refused.auth.passkey.register({ upgrade: true, onError: assert.fail }), undefined);
});

test('signals: told to the browser after a sign-in, when the server says so', async () => {
  const signal = { user_id: 'dQ', accepted_credential_ids: ['AQID'] };
  const { auth } = asking({ change: { finish_authentication: { ...answers.finish_authentication, signal } } });
  const told = [];
  globalThis.PublicKeyCredential.signalAllAcceptedCredentials = async (options) => { told.push(options); };
  await auth.passkey.authenticate();
  assert.deepEqual(told, [{ rpId: 'shop.test', userId: 'dQ', allAcceptedCredentialIds: ['AQID'] }]);
});

test('capabilities: what the browser says, older questions where it has no list, nothing where it breaks', async () => {
  const { auth } = asking({ can: { hybridTransport: true, relatedOrigins: false, somethingElse: true } });
  Object.assign(globalThis.PublicKeyCredential, {
    isConditionalMediationAvailable: async () => true,
    isUserVerifyingPlatformAuthenticatorAvailable: async () => { throw new Error('x'); },
  });
  assert.deepEqual(await auth.capabilities(), { conditionalCreate: undefined, conditionalGet: true, hybridTransport: true,
    immediateGet: undefined, relatedOrigins: false, userVerifyingPlatformAuthenticator: undefined });
  delete globalThis.PublicKeyCredential;
  assert.ok(Object.values(await auth.capabilities()).every((value) => value === undefined));
});
