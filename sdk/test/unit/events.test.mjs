import assert from 'node:assert/strict';
import test from 'node:test';
import { Emitter, MK2Events } from '../../.build/events.js';

test('listeners are called in the order they came, with the detail', () => {
  const emitter = new Emitter(), seen = [];
  emitter.on(MK2Events.AUTH_SUCCESS, (d) => seen.push(['a', d]));
  emitter.on(MK2Events.AUTH_SUCCESS, (d) => seen.push(['b', d]));
  emitter.on(MK2Events.AUTH_ERROR, () => seen.push(['other']));
  emitter.emit(MK2Events.AUTH_SUCCESS, 1);
  assert.deepEqual(seen, [['a', 1], ['b', 1]]);
});

test('on and once return what takes them off; off does the same', () => {
  const emitter = new Emitter();
  let n = 0;
  const listener = () => n++;
  emitter.on(MK2Events.AUTH_ERROR, listener)();
  emitter.once(MK2Events.AUTH_ERROR, listener)();
  emitter.on(MK2Events.AUTH_ERROR, listener);
  emitter.off(MK2Events.AUTH_ERROR, listener);
  emitter.off(MK2Events.REGISTER_ERROR, listener);
  emitter.emit(MK2Events.AUTH_ERROR, {});
  assert.equal(n, 0);
  assert.equal(emitter.has(MK2Events.AUTH_ERROR), false);
});

test('once is called once, even when it emits again', () => {
  const emitter = new Emitter();
  let n = 0;
  emitter.once(MK2Events.AUTH_STARTED, () => { n++; emitter.emit(MK2Events.AUTH_STARTED); });
  emitter.emit(MK2Events.AUTH_STARTED);
  emitter.emit(MK2Events.AUTH_STARTED);
  assert.equal(n, 1);
});

test('a listener that throws stops no other and is reported as uncaught', (t) => {
  const emitter = new Emitter();
  const later = [];
  t.mock.method(globalThis, 'queueMicrotask', (task) => later.push(task));
  let reached = false;
  emitter.on(MK2Events.AUTH_SUCCESS, () => { throw new Error('of the site'); });
  emitter.on(MK2Events.AUTH_SUCCESS, () => { reached = true; });
  emitter.emit(MK2Events.AUTH_SUCCESS, {});
  assert.ok(reached);
  assert.equal(later.length, 1);
  assert.throws(later[0], { message: 'of the site' });
});

test('a listener taken off while an event runs is not called for the next one', () => {
  const emitter = new Emitter(), seen = [];
  const off = emitter.on(MK2Events.STATE_CHANGED, () => { seen.push(1); off(); });
  emitter.emit(MK2Events.STATE_CHANGED, {});
  emitter.emit(MK2Events.STATE_CHANGED, {});
  assert.deepEqual(seen, [1]);
});
