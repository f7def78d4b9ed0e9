// The files of public/, read once.
import fs from 'node:fs';

const types = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };
const folder = new URL('public/', import.meta.url);

/** Path → { type, bytes }. */
export const assets = new Map(
  fs.readdirSync(folder).map((name) => [
    `/${name}`,
    { type: `${types[name.split('.').pop()]}; charset=utf-8`, bytes: fs.readFileSync(new URL(name, folder)) },
  ]),
);
