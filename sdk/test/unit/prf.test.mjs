import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import test from 'node:test';
import { hasPrf, prfExtension, readPrf } from '../../.build/prf.js';

// Node 18 has it under this name alone.
globalThis.crypto ??= webcrypto;

const SECRET = Uint8Array.from({ length: 32 }, (_, i) => i);
const credential = (prf) => ({ getClientExtensionResults: () => ({ prf }) });
const given = () => credential({ results: { first: SECRET.slice().buffer } });
const text = (word) => new TextEncoder().encode(word);

test('the salt is text or bytes', () => {
  assert.deepEqual(prfExtension({ salt: 'notes' }), { prf: { eval: { first: text('notes') } } });
  assert.deepEqual(prfExtension({ salt: SECRET }), { prf: { eval: { first: SECRET } } });
});

test('keys: the same for the same info, others for another, not to be read out', async () => {
  const [one, two] = [await readPrf(given(), {}), await readPrf(given(), {})];
  assert.equal(one.bytes, undefined);
  const iv = new Uint8Array(12);
  const [key, same, other] = [await one.deriveKey('a'), await two.deriveKey('a'), await one.deriveKey('b')];
  assert.deepEqual([key.extractable, key.algorithm, key.usages], [false, { name: 'AES-GCM', length: 256 }, ['encrypt', 'decrypt']]);
  await assert.rejects(crypto.subtle.exportKey('raw', key));
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, text('note'));
  assert.deepEqual(new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, same, sealed)), text('note'));
  await assert.rejects(crypto.subtle.decrypt({ name: 'AES-GCM', iv }, other, sealed));
});

test('the key is HKDF-SHA-256 without salt of the secret (RFC 5869)', async () => {
  const { deriveKey } = await readPrf(given(), {});
  const key = await deriveKey('info', { name: 'HMAC', hash: 'SHA-256', length: 256 }, ['sign']);
  const base = await crypto.subtle.importKey('raw', SECRET, 'HKDF', false, ['deriveBits']);
  const bits = await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: text('info') }, base, 256);
  const expected = await crypto.subtle.importKey('raw', bits, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  assert.deepEqual(await crypto.subtle.sign('HMAC', key, text('x')), await crypto.subtle.sign('HMAC', expected, text('x')));
});

test('raw bytes only on request, of a view no more than its window', async () => {
  const view = new Uint8Array([9, ...SECRET, 9]).subarray(1, 33);
  assert.deepEqual((await readPrf(credential({ results: { first: view } }), { raw: true })).bytes, SECRET);
});

test('no secret: nothing, also from objects that break', async () => {
  const broken = { getClientExtensionResults() { throw new TypeError('Illegal invocation'); } };
  for (const none of [credential(undefined), credential({}), credential({ enabled: true }), credential({ results: {} }), broken]) {
    assert.equal(await readPrf(none, {}), undefined);
  }
  assert.deepEqual([credential({ enabled: true }), given(), credential({ enabled: false }), credential(undefined), broken].map(hasPrf), [true, true, false, false, false]);
});
