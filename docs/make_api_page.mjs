#!/usr/bin/env node
// Writes docs/api.md from docs/openapi.json; with --check it fails if that would change the page.
import fs from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { curlCommand } from './curl_command.mjs';

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const doc = JSON.parse(fs.readFileSync(at('openapi.json'), 'utf8'));
const schemas = doc.components.schemas;

/** [{ path, method, operation }] in the order of the document. */
export const operations = Object.entries(doc.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

/** Code → { status, summary (what to do), value (the answer) }. */
export const problems = new Map(
  Object.values(doc.components.responses).flatMap((response) =>
    Object.entries(response.content['application/problem+json'].examples).map(([code, { summary, value }]) => [
      code,
      { status: value.status, summary, value },
    ]),
  ),
);

/** Of a successful answer: [content type, media type object]. */
export const successOf = (operation) => Object.entries(operation.responses['200'].content)[0];

/** The answer that the document shows for the example of an error. */
export function errorAnswer({ code, answer }) {
  const { request_id, reason, pointer, expected, ...value } = problems.get(code).value;
  return { ...value, ...(code === 'verification_failed' && { reason }), ...answer, request_id };
}

// Types

const BASE64URL = /^\^\[A-Za-z0-9_-\][*+]\$$/;
const words = (list) => list.map((word) => `\`${word}\``).join(', ');

function range(schema, low, high, unit) {
  const [from, to] = [schema[low], schema[high]];
  if (from === undefined && to === undefined) return '';
  if (from === to) return `, ${from}${unit}`;
  if (to === undefined) return from === 0 ? '' : `, from ${from}${unit}`;
  return from === undefined ? `, up to ${to}${unit}` : `, ${from} to ${to}${unit}`;
}

function typeText(schema) {
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1);
    return `[${name}](#${name})`;
  }
  if ('const' in schema) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.length > 8 ? 'a word of those below' : `one of ${words(schema.enum)}`;
  if (schema.format === 'date-time') return 'time';
  if (BASE64URL.test(schema.pattern ?? '')) return 'base64url';
  const types = [schema.type].flat();
  const name = types.filter((type) => type !== 'null')[0];
  const rest = {
    array: () => ` of ${typeText(schema.items ?? {})}`,
    string: () => range(schema, 'minLength', 'maxLength', ' characters'),
    integer: () => range(schema, 'minimum', 'maximum', ''),
  };
  return `${name}${rest[name]?.() ?? ''}${types.includes('null') ? ' or null' : ''}`;
}

// Tables

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const row = (...cells) => `| ${cells.map(cell).join(' | ')} |`;
const table = (heads, rows) => [row(...heads), row(...heads.map(() => '---')), ...rows, ''];

function meaning(schema) {
  const of = schema.description ?? (schema.$ref ? (schemas[schema.$ref.split('/').at(-1)].description ?? '') : '');
  return 'default' in schema ? `${of} Default: \`${JSON.stringify(schema.default)}\`.` : of;
}

/** Rows of an object's members; those of an object without a name of its own follow it. */
function memberRows(schema, prefix = '') {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const needed = schema.required?.includes(name) ? '' : '?';
    const own = row(`\`${prefix}${name}\`${needed}`, typeText(member), meaning(member));
    const inner = member.type === 'array' ? memberRows(member.items, `${prefix}${name}[].`) : memberRows(member, `${prefix}${name}.`);
    return [own, ...inner];
  });
}

const memberTable = (schema) => table(['Member', 'Type', ''], memberRows(schema));

const heading = (name) => [`<a id="${name.toLowerCase()}"></a>`, `## ${name}`, ''];

// Operations

const schemeOf = (operation) => Object.keys(operation.security[0] ?? { none: [] })[0];
const GROUPS = { apiKey: 'apiKey', sessionToken: 'bearer', userToken: 'bearer', none: 'none' };
const groupOf = (operation) => GROUPS[schemeOf(operation)] ?? 'bearer';
const GROUP_NAMES = { apiKey: 'every call with an API key', bearer: 'every call with a token', none: 'every public call' };

/** The codes that all calls of a group can answer. */
function commonCodes(group) {
  const lists = operations.filter(({ operation }) => groupOf(operation) === group).map(({ operation }) => operation['x-codes']);
  return lists[0].filter((code) => lists.every((list) => list.includes(code)));
}

function credentialText(operation) {
  const scheme = schemeOf(operation);
  if (scheme === 'none') return 'no credential';
  if (scheme !== 'apiKey') {
    const { description } = doc.components.securitySchemes[scheme];
    return `\`Authorization: Bearer\` with ${description.replace(/\.$/, '')}`;
  }
  const [scope] = operation.security[0].apiKey;
  return `\`X-API-KEY\` with ${scope ? `scope \`${scope}\`` : 'any scope'}`;
}

function requestLines(operation) {
  const body = operation.requestBody?.content['application/json'].schema;
  const parameters = operation.parameters ?? [];
  const rows = parameters.map(({ name, in: where, required, schema, description }) =>
    row(`\`${name}\`${required ? '' : '?'}`, where, typeText(schema), meaning({ ...schema, description })),
  );
  const members = body ? memberRows(body).map((line) => line.replace(' | ', ' | body | ')) : [];
  if (rows.length + members.length === 0) return ['Nothing is sent with it.', ''];
  return table(['Request', 'In', 'Type', ''], [...rows, ...members]);
}

function answerLines(operation) {
  const [type, { schema }] = successOf(operation);
  const lead = `**200** \`${type}\`: ${operation.responses['200'].description}`;
  if (schema.oneOf) {
    return [lead, '', ...schema.oneOf.flatMap((choice) => [`${choice.description}`, '', ...memberTable(choice)])];
  }
  return schema.properties ? [lead, '', ...memberTable(schema)] : [lead, ''];
}

const fenced = (language, text) => ['```' + language, ...text.trimEnd().split('\n'), '```', ''];

/** As JSON, one member a line where it does not fit. */
function pretty(value, indent = '') {
  const flat = JSON.stringify(value, null, 1)?.replace(/\n\s*/g, ' ').replace(/([[{]) /g, '$1').replace(/ ([\]}])/g, '$1');
  if (value === null || typeof value !== 'object' || (indent + flat).length <= 110) return flat;
  const inner = `${indent}  `;
  const items = Array.isArray(value)
    ? value.map((item) => inner + pretty(item, inner))
    : Object.entries(value).map(([name, item]) => `${inner}${JSON.stringify(name)}: ${pretty(item, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${items.join(',\n')}\n${indent}${close}`;
}

function exampleLines(entry) {
  const [, { example }] = successOf(entry.operation);
  const lines = fenced('sh', curlCommand(entry));
  if (example === undefined) return lines;
  return [...lines, ...(typeof example === 'string' ? fenced('text', example) : fenced('json', pretty(example)))];
}

function errorLines(entry) {
  const { operation } = entry;
  const error = operation['x-error-example'];
  const group = groupOf(operation);
  const common = commonCodes(group);
  const own = operation['x-codes'].filter((code) => !common.includes(code));
  const rows = own.map((code) => row(String(problems.get(code).status), `[\`${code}\`](#${code})`, problems.get(code).value.detail));
  const also = `those of [${GROUP_NAMES[group]}](#common-${group})`;
  const command = curlCommand(entry, error);
  return [
    ...(rows.length > 0 ? [...table(['Status', 'Code', ''], rows), `Besides, ${also}.`] : [`Errors: ${also}.`]),
    '',
    `For example \`${error.code}\`: ${error.summary}`,
    '',
    ...(command === curlCommand(entry) ? [] : fenced('sh', command)),
    ...fenced('json', pretty(errorAnswer(error))),
  ];
}

function operationLines(entry) {
  const { path, method, operation } = entry;
  return [
    `<a id="${operation.operationId}"></a>`,
    `### ${operation.summary}`,
    '',
    `\`${method} ${path}\`, ${credentialText(operation)}`,
    '',
    ...(operation.description ? [operation.description, ''] : []),
    ...requestLines(operation),
    ...answerLines(operation),
    ...exampleLines(entry),
    ...errorLines(entry),
  ];
}

// The page

function contents() {
  const lines = doc.tags.flatMap(({ name }) => {
    const rows = operations
      .filter(({ operation }) => operation.tags.includes(name))
      .map(({ path, method, operation }) => row(`[${operation.summary}](#${operation.operationId})`, `\`${method} ${path}\``));
    return rows.length > 0 ? table([`[${name}](#${name.toLowerCase()})`, ''], rows) : [];
  });
  return [...lines, 'Then: [errors](#errors), [objects](#objects), [how the examples run](#examples).', ''];
}

function errorsSection() {
  const rows = [...problems].map(([code, { status, summary, value }]) =>
    row(String(status), `<a id="${code}"></a>\`${code}\``, value.detail, summary),
  );
  const common = Object.entries(GROUP_NAMES).map(
    ([group, name]) => `<a id="common-${group}"></a>Of ${name}: ${commonCodes(group).map((code) => `[\`${code}\`](#${code})`).join(', ')}.`,
  );
  return [
    ...heading('Errors'),
    'An error is one object of type `application/problem+json`:', '',
    ...memberTable(schemas.Problem),
    ...table(['Status', 'Code', 'Detail', 'What to do'], rows),
    ...common.flatMap((line) => [line, '']),
    `A \`reason\` is one of ${words(schemas.Problem.properties.reason.enum)}.`, '',
    'The SDK’s events carry these codes and some of its own: `sdk/README.md`.', '',
  ];
}

function objectsSection() {
  const lines = Object.entries(schemas)
    .filter(([name]) => name !== 'Problem')
    .flatMap(([name, schema]) => [
      `<a id="${name}"></a>`, `### ${name}`, '', schema.description ?? '', '',
      ...(schema.properties ? memberTable(schema) : [`${typeText(schema)}`, '']),
    ]);
  return [...heading('Objects'), ...lines];
}

function page() {
  const sections = doc.tags.flatMap(({ name, description }) => {
    const lines = operations.filter(({ operation }) => operation.tags.includes(name)).flatMap(operationLines);
    return lines.length > 0 ? [...heading(name), description, '', ...lines] : [];
  });
  const lines = [
    '# REST API', '',
    '<!-- Made from openapi.json by make_api_page.mjs: change that file, then run this. -->', '',
    doc.info.description, '',
    'In the tables a question mark stands behind what may be missing.', '',
    ...contents(), ...sections, ...errorsSection(), ...objectsSection(),
    ...heading('Examples'), doc.info['x-examples'], '',
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [text, file] = [page(), at('api.md')];
  if (!process.argv.includes('--check')) {
    fs.writeFileSync(file, text);
  } else if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text) {
    console.error('docs/api.md is not what docs/openapi.json says: run docs/make_api_page.mjs');
    process.exitCode = 1;
  }
}
