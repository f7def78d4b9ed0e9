// QR codes (ISO/IEC 18004) of bytes with error correction level M, versions 1 to 20: up to 666 bytes.

/** Error correction codewords of a block, by version from 1. */
const ECC = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
/** Number of blocks, by version from 1. */
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];

/** Powers of 2 and their logarithms in GF(256) with the polynomial 0x11d. */
const power: number[] = [];
const log: number[] = [];
for (let i = 0, x = 1; i < 255; i++) {
  power[i] = x;
  log[x] = i;
  x = x < 128 ? x * 2 : (x * 2) ^ 0x11d;
}

const at = (list: ArrayLike<number>, index: number): number => list[index] ?? 0;
const multiply = (a: number, b: number): number => (a && b ? at(power, (at(log, a) + at(log, b)) % 255) : 0);

/** Rows of modules, true is dark; without the quiet zone. Throws RangeError on longer texts. */
export function encodeQr(text: string): boolean[][] {
  const data = new TextEncoder().encode(text);
  const version = ECC.findIndex((_, i) => data.length + (i < 9 ? 2 : 3) <= dataCodewords(i + 1)) + 1;
  if (version === 0) throw new RangeError('too long for a QR code');
  return place(version, interleave(version, segment(version, data)));
}

/** Modules that hold data and error correction, in bytes. */
function codewords(version: number): number {
  const alignments = version > 1 ? Math.floor(version / 7) + 2 : 0;
  let modules = (16 * version + 128) * version + 64;
  if (alignments) modules -= (25 * alignments - 10) * alignments - 55;
  if (version > 6) modules -= 36;
  return modules >> 3;
}

function dataCodewords(version: number): number {
  return codewords(version) - at(ECC, version - 1) * at(BLOCKS, version - 1);
}

/** Mode (bytes), length, data, end and padding. */
function segment(version: number, data: Uint8Array): number[] {
  const nibbles = [4];
  const put = (value: number, count: number): void => {
    for (let i = count; i--; ) nibbles.push((value >> (4 * i)) & 15);
  };
  put(data.length, version < 10 ? 2 : 4);
  for (const byte of data) put(byte, 2);
  put(0, 1);
  const out: number[] = [];
  for (let i = 0; i < nibbles.length; i += 2) out.push((at(nibbles, i) << 4) | at(nibbles, i + 1));
  const length = dataCodewords(version);
  for (let pad = 0xec; out.length < length; pad ^= 0xec ^ 0x11) out.push(pad);
  return out;
}

/** Splits into blocks, adds the error correction of each, takes their bytes in turn. */
function interleave(version: number, data: number[]): number[] {
  const count = at(BLOCKS, version - 1);
  const degree = at(ECC, version - 1);
  const short = Math.floor(data.length / count);
  const firstLong = count - (data.length % count);
  const blocks: number[][] = [];
  for (let i = 0, start = 0; i < count; i++) {
    const end = start + short + (i < firstLong ? 0 : 1);
    blocks.push(data.slice(start, end));
    start = end;
  }
  const corrections = blocks.map((block) => remainder(block, degree));
  const out: number[] = [];
  for (let i = 0; i <= short; i++) {
    for (const block of blocks) if (i < block.length) out.push(at(block, i));
  }
  for (let i = 0; i < degree; i++) for (const block of corrections) out.push(at(block, i));
  return out;
}

/** Reed-Solomon: of `block` · x^degree by the generator with the roots 2^0 … 2^(degree - 1). */
function remainder(block: number[], degree: number): number[] {
  let generator = [1];
  for (let i = 0; i < degree; i++) {
    generator = [...generator, 0].map(
      (coefficient, j) => coefficient ^ multiply(at(generator, j - 1), at(power, i)),
    );
  }
  const rest = [...block, ...new Array<number>(degree).fill(0)];
  for (let i = 0; i < block.length; i++) {
    const factor = at(rest, i);
    generator.forEach((coefficient, j) => (rest[i + j] = at(rest, i + j) ^ multiply(coefficient, factor)));
  }
  return rest.slice(block.length);
}

function place(version: number, bytes: number[]): boolean[][] {
  const size = 17 + 4 * version;
  const grid: (boolean | undefined)[][] = Array.from({ length: size }, () =>
    new Array<boolean | undefined>(size).fill(undefined),
  );
  const set = (x: number, y: number, dark: boolean): void => {
    const row = grid[y];
    if (row && x >= 0 && x < size) row[x] = dark;
  };
  /** Squares inside each other around a centre; `light` names the distances that are light. */
  const rings = (cx: number, cy: number, radius: number, light: number[]): void => {
    for (let y = -radius; y <= radius; y++) {
      for (let x = -radius; x <= radius; x++) {
        set(cx + x, cy + y, !light.includes(Math.max(Math.abs(x), Math.abs(y))));
      }
    }
  };
  for (let i = 8; i < size - 8; i++) {
    set(i, 6, i % 2 === 0);
    set(6, i, i % 2 === 0);
  }
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]] as const) rings(x, y, 4, [2, 4]);
  const centres = alignmentCentres(version, size);
  const far = size - 7;
  for (const x of centres) {
    for (const y of centres) {
      const inFinder = (x === 6 && (y === 6 || y === far)) || (x === far && y === 6);
      if (!inFinder) rings(x, y, 2, [1]);
    }
  }
  set(8, size - 8, true);
  if (version > 6) {
    const value = (version << 12) | versionCheck(version);
    for (let i = 0; i < 18; i++) {
      const [a, b] = [size - 11 + (i % 3), Math.floor(i / 3)];
      set(a, b, ((value >> i) & 1) === 1);
      set(b, a, ((value >> i) & 1) === 1);
    }
  }
  // Format: level M is 00, mask 0 is 000. Sealed tokens are random, so that no mask is better.
  const format = 0x5412;
  for (let i = 0; i < 15; i++) {
    const dark = ((format >> i) & 1) === 1;
    set(8, i < 6 ? i : i < 8 ? i + 1 : size - 15 + i, dark);
    set(i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i, 8, dark);
  }
  let bit = 0;
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let i = 0; i < size; i++) {
      const y = up ? size - 1 - i : i;
      for (const x of [right, right - 1]) {
        if (grid[y]?.[x] !== undefined) continue;
        const dark = (at(bytes, bit >> 3) >> (7 - (bit & 7))) & 1;
        set(x, y, (dark ^ ((x + y + 1) & 1)) === 1);
        bit++;
      }
    }
  }
  return grid as boolean[][];
}

function alignmentCentres(version: number, size: number): number[] {
  if (version < 2) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, i) => size - 7 - i * step)];
}

/** BCH (18,6): the remainder of `version` · x^12. */
function versionCheck(version: number): number {
  let rest = version << 12;
  for (let i = 17; i > 11; i--) if ((rest >> i) & 1) rest ^= 0x1f25 << (i - 12);
  return rest;
}
