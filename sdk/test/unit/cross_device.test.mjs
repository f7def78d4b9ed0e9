import assert from 'node:assert/strict';
import test from 'node:test';
import { MasterKey2, MK2Events } from '../../.build/core.js';
import { codeDigits } from '../../.build/qr/cross_device.js';

const user = { id: 'u', external_id: 'alice' };
const DONE = { state: 'completed', expires_in: 90, user, auth_token: 'mk2a_1' };
const problem = (status, code, headers = {}) =>
  new Response(JSON.stringify({ type: `urn:masterkey2:error:${code}`, code }), { status, headers });

/**
 * A page whose server answers the status calls with `statuses`, one after the other and the last one
 * for ever; the entry 'code' waits until all `confirms` were answers to a code.
 */
function stage({ begin = {}, statuses = ['pending'], confirms = [], config = {} } = {}) {
  const calls = [];
  const set = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  set('isSecureContext', true);
  set('location', { hostname: 'shop.test', protocol: 'https:' });
  const fetch = async (url, init) => {
    const name = url.split('/api/v1/')[1];
    calls.push({ name, body: JSON.parse(init.body), authorization: init.headers.authorization });
    const reply = (answer) => {
      if (answer instanceof Response) return answer.clone();
      if (answer instanceof Error) throw answer;
      return new Response(JSON.stringify(typeof answer === 'string' ? { state: answer, expires_in: 120 } : answer));
    };
    if (name === 'cross_device') return reply(begin instanceof Response ? begin : { url: 'https://auth.test/q#id', poll_token: 'mk2p_1', expires_in: 120, poll_ms: 1, ...begin });
    if (name === 'cross_device/confirm') return reply(confirms.shift());
    if (statuses[0] === 'code') {
      const typed = calls.some((call) => call.name === 'cross_device/confirm');
      if (!typed || confirms.length > 0) return reply({ state: 'confirm', expires_in: 120, attempts_left: 3 });
      statuses.shift();
    }
    return reply(statuses.length > 1 ? statuses.shift() : statuses[0]);
  };
  const auth = new MasterKey2({ apiBaseUrl: 'https://auth.test', token: 'mk2s_t', qrPollInterval: 1, fetch, ...config });
  const seen = [];
  auth.on(MK2Events.AUTH_ERROR, ({ code }) => seen.push(['error', code]));
  let tell;
  const follow = { onUrl: (url, until) => seen.push(['url', url, until > Date.now()]), onState: (...words) => { seen.push(words); tell?.(); } };
  /** Resolves once the session says `state`. */
  const reached = (state) => new Promise((resolve) => {
    tell = () => { if (seen.at(-1)?.[0] === state) resolve(); };
    tell();
  });
  return { auth, calls, seen, follow, reached };
}

test('from the code to the token: states, callbacks, events, what is sent', async () => {
  const { auth, calls, seen, follow, reached } = stage({ statuses: ['pending', 'scanned', 'code', DONE], confirms: ['completed'] });
  const events = [];
  for (const name of ['QR_GENERATED', 'QR_SCANNED', 'QR_CONFIRM', 'AUTH_SUCCESS']) auth.on(MK2Events[name], () => events.push(name));
  const session = auth.qr.start({ ...follow, onSuccess: (result) => seen.push(['success', result.method]) });
  await reached('confirm');
  assert.equal(await session.confirm(' 123 456 '), true);
  assert.deepEqual(await session.result, { user, token: 'mk2a_1', method: 'qr' });
  assert.deepEqual(seen, [['url', 'https://auth.test/q#id', true], ['pending', undefined], ['scanned', undefined], ['confirm', 3], ['completed', undefined], ['success', 'qr']]);
  assert.deepEqual(events, ['QR_GENERATED', 'QR_SCANNED', 'QR_CONFIRM', 'AUTH_SUCCESS']);
  assert.deepEqual(calls[0], { name: 'cross_device', body: {}, authorization: 'Bearer mk2s_t' });
  assert.ok(calls.slice(1).every((call) => call.authorization === 'Bearer mk2p_1'));
  assert.deepEqual(calls.find((call) => call.name === 'cross_device/confirm').body, { code: '123456' });
});

test('wrong codes: told what is left, the third one ends it', async () => {
  const wrong = (attempts_left) => ({ state: 'confirm', attempts_left });
  const { auth, seen, follow, reached } = stage({ statuses: ['code', 'denied'], confirms: [wrong(2), wrong(1), { state: 'denied' }] });
  const session = auth.qr.start(follow);
  await reached('confirm');
  assert.equal(await session.confirm('000000'), false);
  assert.deepEqual(seen.at(-1), ['confirm', 2]);
  const rest = [await session.confirm('000001'), await session.confirm('000002')];
  assert.deepEqual(rest, [false, false]);
  assert.equal(await session.result, undefined);
  assert.deepEqual(seen.slice(-2), [['denied', undefined], ['error', 'qr_code_mismatch']]);
});

test('codes that are not six digits are never sent', async () => {
  const { auth, calls, follow, reached } = stage({ statuses: ['code'] });
  const session = auth.qr.start(follow);
  await reached('confirm');
  for (const typed of ['', '12345', '1234567', 'abcdef', '12345x', '１２３４５']) assert.equal(await session.confirm(typed), false, typed);
  assert.ok(!calls.some((call) => call.name === 'cross_device/confirm'));
  session.cancel();
});

test('digits are read however they were typed', () => {
  for (const typed of ['123456', '123 456', '12-34-56', '１２３４５６', '١٢٣٤٥٦', '۱۲۳۴۵۶', ' 123456\n']) assert.equal(codeDigits(typed), '123456');
  assert.equal(codeDigits('12a456'), '12a456');
});

for (const [name, statuses, code, word] of [
  ['declined on the phone', ['pending', 'denied'], 'qr_denied', 'denied'],
  ['expired', ['scanned', 'expired'], 'qr_expired', 'expired'],
  ['expired, said as an error', ['pending', problem(410, 'cross_device_expired')], 'qr_expired', 'expired'],
  ['expired with its token', ['pending', problem(401, 'token_expired')], 'qr_expired', 'expired'],
]) {
  test(`${name}: ${code}`, async () => {
    const { auth, seen, follow } = stage({ statuses });
    const events = [];
    auth.on(MK2Events.QR_EXPIRED, () => events.push('expired'));
    auth.on(MK2Events.QR_DENIED, () => events.push('denied'));
    await auth.qr.start(follow).result;
    assert.deepEqual(seen.slice(-2), [[word, undefined], ['error', code]]);
    assert.deepEqual(events, [word]);
  });
}

test('a result that nobody listens for rejects, like every call', async () => {
  const { auth } = stage({ statuses: ['denied'] });
  const quiet = new MasterKey2({ apiBaseUrl: 'https://auth.test', token: 't', fetch: async () => problem(401, 'token_revoked') });
  await assert.rejects(quiet.qr.start().result, { code: 'token_revoked' });
  assert.equal(await auth.qr.start().result, undefined, 'the listener has heard it');
});

test('the network may fail on the way, the server may be busy', async () => {
  const { auth, follow } = stage({ statuses: [new TypeError('down'), problem(503, 'overloaded'), problem(500, 'internal'), problem(429, 'rate_limited'), DONE] });
  assert.equal((await auth.qr.start(follow).result).token, 'mk2a_1');
});

test('what will not pass ends it', async () => {
  for (const [answer, code] of [[problem(401, 'token_revoked'), 'token_revoked'], [problem(403, 'origin_not_allowed'), 'configuration_error'],
    [new Response('<html>'), 'configuration_error'], ['nonsense', 'configuration_error'], [{ state: 'completed', auth_token: 7 }, 'configuration_error']]) {
    const { auth, seen, follow } = stage({ statuses: [answer] });
    await auth.qr.start(follow).result;
    assert.deepEqual(seen.at(-1), ['error', code]);
  }
});

test('the code ends by its own clock, after one last question', async () => {
  const { auth, seen, follow, calls } = stage({ begin: { expires_in: 0.02, poll_ms: 60_000 }, statuses: ['pending'] });
  await auth.qr.start(follow).result;
  assert.deepEqual(seen.at(-1), ['error', 'qr_expired']);
  assert.deepEqual(calls.map((call) => call.name), ['cross_device', 'cross_device/status']);
});

test('qrExpirationTime makes it shorter, never longer', async () => {
  const { auth, seen, follow } = stage({ begin: { poll_ms: 60_000 }, config: { qrExpirationTime: 20 } });
  await auth.qr.start(follow).result;
  assert.deepEqual(seen.at(-1), ['error', 'qr_expired']);
});

test('cancel and signal end it without a word', async () => {
  for (const end of [(session) => session.cancel(), (_, controller) => controller.abort()]) {
    const controller = new AbortController();
    const { auth, seen, follow, reached, calls } = stage();
    const session = auth.qr.start({ ...follow, signal: controller.signal });
    await reached('pending');
    end(session, controller);
    assert.equal(await session.result, undefined);
    assert.ok(!seen.some(([word]) => word === 'error'));
    const asked = calls.length;
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(calls.length, asked, 'nothing is asked any more');
  }
  const { auth, calls } = stage();
  assert.equal(await auth.qr.start({ signal: AbortSignal.abort() }).result, undefined);
  assert.deepEqual(calls, []);
});

test('a tenant or a server without it is not_supported, cross_device_off', async () => {
  const { auth } = stage({ begin: problem(404, 'not_found') });
  auth.off(MK2Events.AUTH_ERROR, () => undefined);
  const errors = [];
  await auth.qr.start({ onError: (error) => errors.push([error.code, error.reason]) }).result;
  assert.deepEqual(errors, [['not_supported', 'cross_device_off']]);
});

test('answers of another shape are configuration_error', async () => {
  for (const begin of [{ url: 7 }, { poll_token: undefined }, { expires_in: '120' }, { poll_ms: null }]) {
    const { auth, seen, follow } = stage({ begin });
    await auth.qr.start(follow).result;
    assert.deepEqual(seen, [['error', 'configuration_error']]);
  }
});
