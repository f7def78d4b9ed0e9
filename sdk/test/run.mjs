// Runs the unit tests: transpiles src/ into .build/ file by file, then node --test.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

function files(folder, suffix) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    return entry.isDirectory() ? files(full, suffix) : full.endsWith(suffix) ? [full] : [];
  });
}

fs.rmSync(path.join(root, '.build'), { recursive: true, force: true });
await esbuild.build({
  absWorkingDir: root,
  entryPoints: files(path.join(root, 'src'), '.ts'),
  outdir: path.join(root, '.build'),
  outbase: path.join(root, 'src'),
  format: 'esm',
  target: 'es2022',
});
const tests = files(path.join(root, 'test/unit'), '.test.mjs').sort();
const run = spawnSync(process.execPath, ['--test', ...tests], { stdio: 'inherit' });
process.exitCode = run.status ?? 1;
