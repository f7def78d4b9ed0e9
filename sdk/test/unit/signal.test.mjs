import assert from 'node:assert/strict';
import test from 'node:test';
import { sendSignals } from '../../.build/signal.js';

/** What the browser was told by `signal`, with the calls of `api` (all three unless named). */
function told(signal, { rpId = ['shop.test'], lacks = [] } = {}) {
  const calls = [];
  const api = {};
  for (const name of ['signalUnknownCredential', 'signalAllAcceptedCredentials', 'signalCurrentUserDetails']) {
    if (!lacks.includes(name)) api[name] = async (options) => { calls.push([name, options]); };
  }
  Object.defineProperty(globalThis, 'PublicKeyCredential', { value: api, configurable: true, writable: true });
  sendSignals(rpId[0], signal);
  return calls;
}
const full = { user_id: 'dQ', accepted_credential_ids: ['AQ', 'Ag'], name: 'alice', display_name: 'Alice' };

test('after a sign-in: accepted passkeys and names', () => {
  assert.deepEqual(told(full), [
    ['signalAllAcceptedCredentials', { rpId: 'shop.test', userId: 'dQ', allAcceptedCredentialIds: ['AQ', 'Ag'] }],
    ['signalCurrentUserDetails', { rpId: 'shop.test', userId: 'dQ', name: 'alice', displayName: 'Alice' }],
  ]);
});

test('a passkey that is gone', () => {
  assert.deepEqual(told({ unknown_credential_id: 'AQ' }), [['signalUnknownCredential', { rpId: 'shop.test', credentialId: 'AQ' }]]);
});

test('without a word of the server nothing is told', () => {
  for (const signal of [undefined, null, true, 'x', [], {}, { user_id: 7 }, { accepted_credential_ids: ['AQ'] }]) assert.deepEqual(told(signal), []);
  assert.deepEqual(told(full, { rpId: [] }), []);
});

test('an empty or broken list never hides the passkeys of a user', () => {
  for (const accepted_credential_ids of [[], [7], 'AQ', null, ['']]) {
    assert.deepEqual(told({ user_id: 'dQ', accepted_credential_ids }), []);
  }
});

test('a browser without some of it, or that throws, stops nothing', async () => {
  assert.equal(told(full, { lacks: ['signalAllAcceptedCredentials'] }).length, 1);
  assert.deepEqual(told(full, { lacks: ['signalAllAcceptedCredentials', 'signalCurrentUserDetails'] }), []);
  for (const signalCurrentUserDetails of [() => { throw new TypeError('x'); }, async () => { throw new TypeError('x'); }]) {
    globalThis.PublicKeyCredential = { signalCurrentUserDetails };
    sendSignals('shop.test', full);
  }
  delete globalThis.PublicKeyCredential;
  sendSignals('shop.test', full);
  await new Promise((resolve) => setTimeout(resolve));
});
