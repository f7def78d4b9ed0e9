import assert from 'node:assert/strict';
import test from 'node:test';
import { IDLE, isBusy, isCodeOpen, isWaiting, reduce } from '../../.build/machine.js';

const live = ['qr_starting', 'qr_pending', 'qr_scanned', 'qr_confirm'];
const over = ['qr_expired', 'qr_denied', 'qr_failed'];
const states = ['idle', 'unavailable', 'ready', 'preparing', 'prompting', 'verifying', 'tap_again', 'success', ...live, ...over];
const all = (names, to) => Object.fromEntries(names.map((name) => [name, to]));
/** action → { from: to }; what is not named stays as it is. */
const moves = {
  usable: all(['idle', 'unavailable'], 'ready'),
  unusable: all(states, 'unavailable'),
  start: all(['ready', 'tap_again', 'success', ...live, ...over], 'preparing'),
  prompt: { preparing: 'prompting' },
  verify: all(['prompting', 'qr_confirm'], 'verifying'),
  succeed: all(['verifying', ...live], 'success'),
  activation_lost: { prompting: 'tap_again' },
  fail: all(['preparing', 'prompting', 'verifying'], 'ready'),
  abort: all(['preparing', 'prompting', 'verifying', 'tap_again', ...live, ...over], 'ready'),
  reset: all(states.filter((name) => name !== 'idle' && name !== 'unavailable'), 'ready'),
  qr_start: all(['ready', 'tap_again', 'success', ...over], 'qr_starting'),
  qr_show: { qr_starting: 'qr_pending' },
  qr_scan: { qr_pending: 'qr_scanned' },
  qr_ask: all(['qr_pending', 'qr_scanned', 'qr_confirm', 'verifying'], 'qr_confirm'),
  qr_end: all(['verifying', ...live], 'qr_failed'),
};

for (const [type, table] of Object.entries(moves)) {
  for (const name of states) {
    const to = table[name];
    test(`${name} + ${type} → ${to ?? 'the same'}`, () => {
      const state = { name };
      const next = reduce(state, { type, code: 'internal' });
      if (to) assert.equal(next.name, to);
      else assert.equal(next, state);
    });
  }
}

test('a failure leaves its code as a note', () => {
  assert.deepEqual(reduce({ name: 'prompting' }, { type: 'fail', code: 'user_cancelled' }), { name: 'ready', note: 'user_cancelled' });
});

for (const code of ['configuration_error', 'insecure_context', 'not_supported']) {
  test(`${code} brings the panel, with its reason`, () => {
    assert.deepEqual(reduce({ name: 'prompting' }, { type: 'fail', code, reason: 'r' }), { name: 'unavailable', code, reason: 'r' });
  });
}

test('reset and abort take the note away', () => {
  assert.deepEqual(reduce({ name: 'ready', note: 'timeout' }, { type: 'reset' }), { name: 'ready' });
  assert.deepEqual(reduce({ name: 'tap_again' }, { type: 'abort' }), { name: 'ready' });
});

test('busy: preparing, prompting, verifying and no other', () => {
  assert.deepEqual(states.filter((name) => isBusy({ name })), ['preparing', 'prompting', 'verifying']);
  assert.equal(IDLE.name, 'idle');
});

test('a QR code lives from its begin to the typing of the code', () => {
  assert.deepEqual(states.filter((name) => isCodeOpen({ name })), live);
});

test('the page’s own fields may offer passkeys until the phone has scanned', () => {
  assert.deepEqual(states.filter((name) => isWaiting({ name })), ['ready', 'qr_starting', 'qr_pending', ...over]);
});

for (const [code, name] of [['qr_expired', 'qr_expired'], ['qr_denied', 'qr_denied'], ['qr_code_mismatch', 'qr_denied'], ['server_unreachable', 'qr_failed']]) {
  test(`a QR code that ends with ${code} is ${name}, with the code as note`, () => {
    assert.deepEqual(reduce({ name: 'qr_scanned' }, { type: 'qr_end', code }), { name, note: code });
  });
}

test('a QR code that ends with what only the owner can mend brings the panel', () => {
  assert.deepEqual(reduce({ name: 'qr_starting' }, { type: 'qr_end', code: 'configuration_error', reason: 'r' }),
    { name: 'unavailable', code: 'configuration_error', reason: 'r' });
});

test('the note of a cancelled dialogue stays while a new QR code is there to be scanned', () => {
  const starting = reduce({ name: 'ready', note: 'user_cancelled' }, { type: 'qr_start' });
  assert.deepEqual(starting, { name: 'qr_starting', note: 'user_cancelled' });
  const pending = reduce(starting, { type: 'qr_show' });
  assert.deepEqual(pending, { name: 'qr_pending', note: 'user_cancelled' });
  assert.deepEqual(reduce(pending, { type: 'qr_scan' }), { name: 'qr_scanned' });
});

test('asked again after a wrong code: what is left, and why', () => {
  assert.deepEqual(reduce({ name: 'verifying' }, { type: 'qr_ask', attemptsLeft: 2, note: 'qr_code_mismatch' }),
    { name: 'qr_confirm', attemptsLeft: 2, note: 'qr_code_mismatch' });
});
