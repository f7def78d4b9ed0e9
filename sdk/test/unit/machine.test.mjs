import assert from 'node:assert/strict';
import test from 'node:test';
import { IDLE, isBusy, reduce } from '../../.build/machine.js';

const states = ['idle', 'unavailable', 'ready', 'preparing', 'prompting', 'verifying', 'tap_again', 'success'];
/** action → { from: to }; what is not named stays as it is. */
const moves = {
  usable: { idle: 'ready', unavailable: 'ready' },
  unusable: Object.fromEntries(states.map((state) => [state, 'unavailable'])),
  start: { ready: 'preparing', tap_again: 'preparing', success: 'preparing' },
  prompt: { preparing: 'prompting' },
  verify: { prompting: 'verifying' },
  succeed: { verifying: 'success' },
  activation_lost: { prompting: 'tap_again' },
  fail: { preparing: 'ready', prompting: 'ready', verifying: 'ready' },
  abort: { preparing: 'ready', prompting: 'ready', verifying: 'ready', tap_again: 'ready' },
  reset: { ready: 'ready', preparing: 'ready', prompting: 'ready', verifying: 'ready', tap_again: 'ready', success: 'ready' },
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
