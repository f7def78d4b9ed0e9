#!/usr/bin/env node
// Runs files of node's tests, two at a time: most of them wait for a browser. (`node --test` takes one core less
// than there are.) Reports as `node --test` does; ends with 1 if a test failed.
//   node_tests.mjs FILE…
import { run } from 'node:test';
import { spec as Spec } from 'node:test/reporters';
import path from 'node:path';

const files = process.argv.slice(2).map((file) => path.resolve(file));
run({ files, concurrency: 2 })
  .on('test:fail', () => { process.exitCode = 1; })
  .compose(new Spec())
  .pipe(process.stdout);
