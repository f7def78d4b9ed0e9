import assert from 'node:assert/strict';
import test from 'node:test';
import { Client } from '../../.build/client.js';
import { fetchUserToken } from '../../.build/user_token.js';

const json = (body, status = 200, headers = {}) => new Response(JSON.stringify(body), { status, headers });
const begun = { ceremony: 'mk2c_x', publicKey: { challenge: 'AA' }, expires_in: 300 };

/** Answers in turn: a Response, an Error to throw, or a function of (url, init). */
function fakeFetch(...answers) {
  const calls = [];
  const fetch = async (url, init) => {
    calls.push({ url, ...init });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return typeof answer === 'function' ? answer(url, init) : answer.clone();
  };
  return { fetch, calls };
}
const hang = (url, init) => new Promise((_, reject) => {
  init.signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
});
const client = (fetch, more = {}) => new Client({ apiBaseUrl: 'https://auth.test/mk2//', fetch, ...more });
const code = (code, reason) => (error) => error.code === code && (reason === undefined || error.reason === reason);

test('a begin call is a bearer POST of JSON without cookies', async () => {
  const { fetch, calls } = fakeFetch(json(begun));
  assert.deepEqual(await client(fetch).beginAuthentication('mk2s_t'), begun);
  const [{ url, method, headers, credentials, body }] = calls;
  assert.equal(url, 'https://auth.test/mk2/api/v1/begin_authentication');
  assert.deepEqual([method, credentials, body], ['POST', 'omit', '{}']);
  assert.deepEqual(headers, { authorization: 'Bearer mk2s_t', 'content-type': 'application/json' });
});

test('the name goes with registration', async () => {
  const { fetch, calls } = fakeFetch(json(begun));
  await client(fetch).beginRegistration('mk2u_t', { name: 'Läppi <b>' });
  assert.equal(calls[0].url, 'https://auth.test/mk2/api/v1/begin_registration');
  assert.deepEqual(JSON.parse(calls[0].body), { name: 'Läppi <b>' });
});

test('a begin call lost on the way is sent once more, not twice', async () => {
  const once = fakeFetch(new TypeError('Failed to fetch'), json(begun));
  assert.deepEqual(await client(once.fetch).beginAuthentication('t'), begun);
  assert.equal(once.calls.length, 2);
  const never = fakeFetch(new TypeError('Failed to fetch'));
  await assert.rejects(client(never.fetch).beginAuthentication('t'), code('server_unreachable', 'network'));
  assert.equal(never.calls.length, 2);
});

test('a finish call is never sent twice', async () => {
  const { fetch, calls } = fakeFetch(new TypeError('Failed to fetch'));
  await assert.rejects(client(fetch).finishAuthentication('t', {}), code('server_unreachable', 'network'));
  assert.equal(calls.length, 1);
});

test('a refusal is not tried again', async () => {
  const { fetch, calls } = fakeFetch(json({ type: 'urn:masterkey2:error:overloaded', code: 'overloaded' }, 503, { 'retry-after': '3' }));
  await assert.rejects(client(fetch).beginAuthentication('t'), (e) => e.code === 'overloaded' && e.retryAfter === 3);
  assert.equal(calls.length, 1);
});

test('a server that does not answer in time is unreachable', async () => {
  await assert.rejects(client(hang, { timeout: 20 }).beginAuthentication('t'), code('server_unreachable', 'request_timeout'));
});

test('a body that never ends runs out of time, too', async () => {
  const fetch = async (_, { signal }) => new Response(new ReadableStream({ start(c) {
    signal.addEventListener('abort', () => c.error(new DOMException('aborted', 'AbortError')));
  } }));
  await assert.rejects(client(fetch, { timeout: 20 }).beginAuthentication('t'), code('server_unreachable', 'request_timeout'));
});

test('an abort by the caller is no error of the server', async () => {
  const controller = new AbortController();
  const call = client(hang).beginAuthentication('t', controller.signal);
  controller.abort();
  await assert.rejects(call, { name: 'AbortError' });
  await assert.rejects(client(hang).beginAuthentication('t', controller.signal), { name: 'AbortError' });
});

test('an answer of another shape is not a MasterKey2 server', async () => {
  for (const body of ['<html>', '', '[]', 'null', '{}', '{"ceremony":"x"}', '{"ceremony":1,"publicKey":{},"expires_in":300}', '{"ceremony":"c","publicKey":{}}', '{"ceremony":"c","publicKey":{},"expires_in":"300"}']) {
    const { fetch } = fakeFetch(new Response(body));
    await assert.rejects(client(fetch).beginAuthentication('t'), code('configuration_error', 'bad_answer'), body);
  }
  for (const body of [{}, { user: {} }, { auth_token: 'x' }, { user: 'x', auth_token: 'x' }]) {
    await assert.rejects(client(fakeFetch(json(body)).fetch).finishAuthentication('t', {}), code('configuration_error'));
    await assert.rejects(client(fakeFetch(json(body)).fetch).finishRegistration('t', {}), code('configuration_error'));
  }
});

test('a token that cannot be in a header is refused before anything is sent', async () => {
  for (const token of ['a b', 'a\r\nX: y', 'ä', '<b>']) {
    const { fetch, calls } = fakeFetch(json(begun));
    await assert.rejects(client(fetch).beginAuthentication(token), code('configuration_error', 'invalid_token'));
    assert.equal(calls.length, 0);
  }
});

const ask = (fetch, more = {}) => fetchUserToken('https://shop.test/api/mk2-user-token', { fetch, timeout: 1000, ...more });

test('the user token comes under each of its names, with the site’s cookies', async () => {
  for (const name of ['userToken', 'user_token', 'token']) {
    const { fetch, calls } = fakeFetch(json({ [name]: 'mk2u_t' }));
    assert.equal(await ask(fetch), 'mk2u_t');
    assert.deepEqual([calls[0].method, calls[0].credentials, calls[0].cache], ['GET', 'same-origin', 'no-store']);
  }
});

test('an endpoint that answers without a token is assertion_failed, with the reason', async () => {
  const rows = [[new Response('<!doctype html>'), 'not_json'], [json([]), 'not_json'], [json({}), 'no_token'], [json({ userToken: '' }), 'no_token'],
    [json({ userToken: 7 }), 'no_token'], [json({ error: 'x' }, 500), 'http_500'], [new Response('no', { status: 401 }), 'http_401'], [json({ code: 'nonsense' }, 403), 'http_403']];
  for (const [answer, reason] of rows) await assert.rejects(ask(fakeFetch(answer).fetch), code('assertion_failed', reason));
});

test('an endpoint may pass one of our codes on', async () => {
  await assert.rejects(ask(fakeFetch(json({ code: 'user_disabled', message: 'x' }, 403)).fetch), code('user_disabled'));
});

test('an endpoint that cannot be reached', async () => {
  await assert.rejects(ask(fakeFetch(new TypeError('x')).fetch), code('server_unreachable', 'network'));
  await assert.rejects(ask(hang, { timeout: 20 }), code('server_unreachable', 'request_timeout'));
});
