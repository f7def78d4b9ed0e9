// Writes custom-elements.json (schema 1.0.0) from the sources: attributes and properties from the
// classes and their `reflect` tables, slots, parts and custom properties from the views and styles.
import fs from 'node:fs';
import path from 'node:path';

const ELEMENTS = [
  ['masterkey2-authenticate', 'MasterKey2Authenticate', 'authenticate'],
  ['masterkey2-passkey-button', 'MasterKey2PasskeyButton', 'authenticate'],
  ['masterkey2-qr', 'MasterKey2Qr', 'authenticate'],
  ['masterkey2-register', 'MasterKey2Register', 'register'],
];

const EVENTS = [
  ['success', 'Signed in or registered: `detail` is the result. Does not bubble.'],
  ['error', '`detail` has `code`, `reason`, `recoverable` and `error`. Does not bubble.'],
  ['mk2-state', '`detail` has `state` and `previous`. Bubbles.'],
];

const QR_ONLY = /^(qr|code|refresh)/;

export function makeManifest(root) {
  const read = (name) => fs.readFileSync(path.join(root, 'src', name), 'utf8');
  const base = read('elements/base.ts');
  const views = ['elements/view.ts', 'qr/view.ts'].map(read).join('\n');
  const styles = ['elements/styles.ts', 'qr/styles.ts'].map(read).join('\n');
  const states = new Set([...read('machine.ts').matchAll(/\bname: ('\w+'(?: \| '\w+')*)/g)].flatMap(([, names]) => names.match(/\w+/g)));
  for (const [, name] of read('elements/custom_states.ts').matchAll(/\['(\w+)'\]/g)) states.add(name);

  const declarations = ELEMENTS.map(([tagName, name, file]) => {
    const source = read(`elements/${file}.ts`);
    const withQr = file === 'authenticate';
    const members = [...propertiesOf(base), ...propertiesOf(source), ...methodsOf(base), ...methodsOf(source)];
    const attributes = members.filter((member) => member.attribute).map((member) => ({
      name: member.attribute,
      fieldName: member.name,
      type: member.type,
      ...(member.description && { description: member.description }),
    }));
    for (const attribute of ['mode', 'lang', 'debug']) {
      if (attribute !== 'mode' || tagName === 'masterkey2-authenticate') attributes.push({ name: attribute, type: { text: 'string' } });
    }
    const parts = namesOf(views, /\bpart: '([\w-]+)'/g).filter((part) => withQr || !(QR_ONLY.test(part) || part === 'alternative'));
    return {
      kind: 'class',
      customElement: true,
      name,
      tagName,
      description: descriptionOf(source, `export class ${name} `),
      attributes,
      members,
      events: EVENTS.map(([event, description]) => ({ name: event, type: { text: 'CustomEvent' }, description })),
      slots: namesOf(views, /'slot',\s*\{ name: '([\w-]+)'/g).filter((slot) => withQr || !QR_ONLY.test(slot)).map((slot) => ({ name: slot })),
      cssParts: parts.map((part) => ({ name: part })),
      cssProperties: namesOf(styles, /var\((--mk2-[\w-]+)/g).map((property) => ({ name: property })),
      cssStates: [...states].filter((state) => withQr || !/^(qr|confirm)/.test(state)).map((state) => ({ name: state })),
    };
  });
  const module = {
    kind: 'javascript-module',
    path: 'dist/masterkey2.js',
    declarations,
    exports: ELEMENTS.flatMap(([tagName, name]) => {
      const declaration = { name, module: 'dist/masterkey2.js' };
      return [{ kind: 'js', name, declaration }, { kind: 'custom-element-definition', name: tagName, declaration }];
    }),
  };
  return `${JSON.stringify({ schemaVersion: '1.0.0', readme: 'README.md', modules: [module] }, null, 2)}\n`;
}

const namesOf = (text, pattern) => [...new Set([...text.matchAll(pattern)].map((match) => match[1]))].sort();

/** The text of the comment in front of `start`. */
function descriptionOf(source, start) {
  const [, comment = ''] = source.slice(0, source.indexOf(start)).match(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/) ?? [];
  return comment.replace(/^\s*\*? ?/gm, '').trim().replaceAll('\n', ' ');
}

/** What `reflect` makes, and accessors, but what classes keep to themselves. */
function propertiesOf(source) {
  const reflected = [...source.matchAll(/^ {2}declare (\w+): ([^;]+);/gm)].map(([line, name, type]) => ({
    kind: 'field',
    name,
    type: { text: type },
    attribute: name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    ...described(source, line),
  }));
  const accessors = [...source.matchAll(/^ {2}get (\w+)\(\): ([^{]+) \{/gm)].filter(([, name]) => name !== 'wanted');
  return [...reflected, ...accessors.map(([line, name, type]) => ({ kind: 'field', name, type: { text: type }, ...described(source, line) }))];
}

function methodsOf(source) {
  const lifecycle = /Callback$|^(constructor|focus)$/;
  return [...source.matchAll(/^ {2}(?!protected|static|get |set |async |override|if|for|return|switch|throw)(\w+)\([^)]*\): ([^{]+) \{/gm)]
    .filter(([, name]) => !lifecycle.test(name))
    .map(([line, name, type]) => ({ kind: 'method', name, return: { type: { text: type } }, ...described(source, line) }));
}

function described(source, line) {
  const description = descriptionOf(source, line);
  return description && { description };
}
