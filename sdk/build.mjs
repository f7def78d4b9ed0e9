// Builds dist/: the ES modules, the languages, the declarations, the manifest of the elements and the
// hashes for `integrity`. Prints sizes; fails above the budget.
// usage: node build.mjs [--outdir DIR]
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import esbuild from 'esbuild';
import { makeManifest } from './manifest.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: { outdir: { type: 'string' } } });
const outdir = path.resolve(values.outdir ?? path.join(here, 'dist'));
const { version } = JSON.parse(fs.readFileSync(path.join(here, 'package.json'), 'utf8'));

const languages = fs.readdirSync(path.join(here, 'src/i18n/languages')).sort();
const phoneLanguages = fs.readdirSync(path.join(here, 'src/phone/languages')).sort();

/** Output name, entry, budget in bytes of gzip. */
const bundles = [
  ['masterkey2.js', 'src/index.ts', 16 * 1024],
  ['qr.js', 'src/qr/kit.ts', 4 * 1024],
  ['core.js', 'src/core.ts', 9 * 1024],
  ...languages.map((name) => [
    `i18n/${name.replace('.ts', '.js')}`,
    `src/i18n/languages/${name}`,
    2 * 1024,
  ]),
  // With the page itself and one language: 10 KiB at most.
  ['phone.js', 'src/phone.ts', 7 * 1024],
  ...phoneLanguages.map((name) => [
    `phone/${name.replace('.ts', '.js')}`,
    `src/phone/languages/${name}`,
    2 * 1024,
  ]),
];

/** Leaves what is needed later to the file beside the script. */
const besides = {
  name: 'besides',
  setup(build) {
    build.onResolve({ filter: /qr\/kit\.js$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './qr.js', external: true } : undefined,
    );
  },
};

/** Style sheets without what only their readers need. */
const leanStyles = {
  name: 'lean-styles',
  setup(build) {
    build.onLoad({ filter: /[/\\]styles\.ts$/ }, async ({ path: file }) => {
      const contents = fs.readFileSync(file, 'utf8').replace(/(CSS = `)(.*?)(`;)/s, (_, start, css, end) => {
        const { code } = esbuild.transformSync(css, { loader: 'css', minify: true, target: 'es2022' });
        return start + code.trim() + end;
      });
      return { contents, loader: 'ts' };
    });
  },
};

fs.rmSync(outdir, { recursive: true, force: true });
let failed = false;
const integrity = {};
for (const [name, entry, budget] of bundles) {
  const outfile = path.join(outdir, name);
  await esbuild.build({
    absWorkingDir: here,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    plugins: [besides, leanStyles],
    define: { __MASTERKEY2_VERSION__: JSON.stringify(version) },
    banner: { js: `/*! MasterKey2 ${version} | MIT */` },
  });
  const bytes = fs.readFileSync(outfile);
  integrity[name] = `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
  const gzip = gzipSync(bytes, { level: 9 }).length;
  const over = gzip > budget;
  failed ||= over;
  console.log(`${name}: ${bytes.length} B, gzip ${gzip} B of ${budget}${over ? ': TOO LARGE' : ''}`);
}

fs.copyFileSync(path.join(here, 'src/phone.html'), path.join(outdir, 'phone.html'));

fs.writeFileSync(path.join(outdir, 'custom-elements.json'), makeManifest(here));
fs.writeFileSync(path.join(outdir, 'integrity.json'), `${JSON.stringify({ version, integrity }, null, 2)}\n`);
console.log(`/sdk/${version}/masterkey2.js: ${integrity['masterkey2.js']}`);
if (values.outdir === undefined) {
  // The README shows the address and the hash of this version.
  const readme = path.join(here, 'README.md');
  const text = fs.readFileSync(readme, 'utf8');
  fs.writeFileSync(readme, text
    .replace(/\/sdk\/\d+\.\d+\.\d+\/masterkey2\.js/g, `/sdk/${version}/masterkey2.js`)
    .replace(/sha384-[\w+/]{64}/g, integrity['masterkey2.js']));
}

const tsc = path.join(path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
execFileSync(
  process.execPath,
  [tsc, '-p', here, '--declaration', '--emitDeclarationOnly', '--outDir', path.join(outdir, 'types')],
  { stdio: 'inherit' },
);
process.exitCode = failed ? 1 : 0;
