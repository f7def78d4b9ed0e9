import assert from 'node:assert/strict';
import test from 'node:test';
import jsQR from 'jsqr';
import { encodeQr } from '../../.build/qr/encode.js';

/** Draws with a quiet zone of four modules, each 4 pixels wide, and reads it as a camera would. */
function read(rows) {
  const size = (rows.length + 8) * 4;
  const pixels = new Uint8ClampedArray(size * size * 4).fill(255);
  rows.forEach((row, y) => row.forEach((dark, x) => {
    if (!dark) return;
    for (let i = 0; i < 16; i++) pixels.set([0, 0, 0], (((y + 4) * 4 + (i >> 2)) * size + (x + 4) * 4 + (i & 3)) * 4);
  }));
  return jsQR(pixels, size, size)?.data;
}
const text = (length) => Array.from({ length }, (_, i) => 'https://auth.test/q#mk2q_Az09-_'[i * 7 % 31]).join('');
/** Bytes that the last version of each size holds (ISO/IEC 18004, table 7, level M, byte mode). */
const CAPACITY = [14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666];

for (const [index, capacity] of CAPACITY.entries()) {
  test(`version ${index + 1}: ${capacity} bytes fit and are read back, one more needs the next version`, () => {
    const rows = encodeQr(text(capacity));
    assert.equal(rows.length, 21 + 4 * index);
    assert.ok(rows.every((row) => row.length === rows.length));
    assert.equal(read(rows), text(capacity));
    if (index < 19) assert.equal(encodeQr(text(capacity + 1)).length, 25 + 4 * index);
    else assert.throws(() => encodeQr(text(capacity + 1)), RangeError);
  });
}

test('short texts and texts beyond ASCII are read back', () => {
  for (const short of ['a', 'mk2', 'https://bücher.example/q#é']) assert.equal(read(encodeQr(short)), short);
});

test('a smudge of 60 modules is corrected', () => {
  const rows = encodeQr(text(150));
  for (let y = 12; y < 18; y++) for (let x = 20; x < 30; x++) rows[y][x] = !rows[y][x];
  assert.equal(read(rows), text(150));
});
