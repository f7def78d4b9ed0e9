// Builds into a temporary folder and compares every byte with the committed dist/.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const fresh = fs.mkdtempSync(path.join(os.tmpdir(), 'mk2-sdk-'));

function list(folder, prefix = '') {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = prefix + entry.name;
    return entry.isDirectory() ? list(path.join(folder, entry.name), `${name}/`) : [name];
  });
}

try {
  execFileSync(process.execPath, [path.join(root, 'build.mjs'), '--outdir', fresh], { stdio: 'inherit' });
  const committed = path.join(root, 'dist');
  const names = new Set([...list(fresh), ...list(committed)]);
  const different = [...names].sort().filter((name) => {
    const [a, b] = [path.join(fresh, name), path.join(committed, name)];
    return !fs.existsSync(a) || !fs.existsSync(b) || !fs.readFileSync(a).equals(fs.readFileSync(b));
  });
  for (const name of different) console.error(`dist/${name} differs from a rebuild: run npm run build`);
  if (different.length === 0) console.log(`dist/ equals a rebuild: ${names.size} files`);
  process.exitCode = different.length === 0 ? 0 : 1;
} finally {
  fs.rmSync(fresh, { recursive: true, force: true });
}
