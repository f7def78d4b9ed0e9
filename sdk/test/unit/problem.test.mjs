import assert from 'node:assert/strict';
import test from 'node:test';
import { errorFromAnswer } from '../../.build/problem.js';

const problem = (code, more = {}) => ({ type: `urn:masterkey2:error:${code}`, code, detail: 'd', request_id: 'r1', ...more });

test('a problem keeps its code, reason, status and request id', () => {
  const error = errorFromAnswer(422, problem('verification_failed', { reason: 'bad_signature' }), null);
  assert.equal(error.code, 'verification_failed');
  assert.equal(error.reason, 'bad_signature');
  assert.equal(error.status, 422);
  assert.equal(error.requestId, 'r1');
  assert.equal(error.hint, 'd');
  assert.ok(error.recoverable);
});

test('what only the owner can mend is configuration_error with the code as reason', () => {
  for (const code of ['origin_not_allowed', 'missing_token', 'invalid_token', 'wrong_token_type']) {
    const error = errorFromAnswer(403, problem(code), null);
    assert.deepEqual([error.code, error.reason, error.recoverable], ['configuration_error', code, false]);
  }
});

test('a route that is not there means another address', () => {
  const error = errorFromAnswer(404, problem('not_found'), null);
  assert.deepEqual([error.code, error.reason], ['configuration_error', 'bad_answer']);
});

test('a known credential code with 404 is not mistaken for a wrong address', () => {
  assert.equal(errorFromAnswer(404, problem('credential_not_found'), null).code, 'credential_not_found');
});

test('Retry-After is read in seconds, other forms are left out', () => {
  assert.equal(errorFromAnswer(429, problem('rate_limited'), '7').retryAfter, 7);
  for (const value of ['-1', '1.5', 'Wed, 21 Oct 2026 07:28:00 GMT', '99999999', '', null]) {
    assert.equal(errorFromAnswer(429, problem('rate_limited'), value).retryAfter, undefined);
  }
});

test('an answer in another form goes by its status', () => {
  const expected = { 429: 'rate_limited', 408: 'server_unreachable', 500: 'internal', 501: 'internal',
    502: 'server_unreachable', 503: 'server_unreachable', 504: 'server_unreachable', 505: 'internal',
    400: 'configuration_error', 403: 'configuration_error', 404: 'configuration_error' };
  for (const [status, code] of Object.entries(expected)) {
    for (const body of [undefined, null, 'text', [], {}, { code: 'user_disabled' }, { code: 7 }, { type: 'about:blank', code: 'user_disabled' }]) {
      assert.equal(errorFromAnswer(Number(status), body, null).code, code, `${status} ${JSON.stringify(body)}`);
    }
  }
});

test('a code of a newer server passes through', () => {
  assert.equal(errorFromAnswer(400, problem('not_thought_of_yet'), null).code, 'not_thought_of_yet');
});

test('what the server lets the Signal API tell is kept', () => {
  const signal = { unknown_credential_id: 'AQ' };
  assert.deepEqual(errorFromAnswer(404, problem('credential_not_found', { signal }), null).signal, signal);
});

test('a token that has run out needs a new page, a disabled user another day', () => {
  for (const code of ['token_expired', 'token_revoked', 'user_disabled']) {
    const error = errorFromAnswer(401, problem(code), null);
    assert.deepEqual([error.code, error.recoverable], [code, false]);
  }
});

test('what a web server says in front of a server that is down: unreachable, whatever its body', () => {
  for (const status of [502, 504]) {
    const error = errorFromAnswer(status, problem('overloaded'), '2');
    assert.deepEqual([error.code, error.retryAfter], ['server_unreachable', 2]);
  }
  assert.equal(errorFromAnswer(503, problem('overloaded'), '2').code, 'overloaded');
});
