// Holds answers against docs/openapi.json.

/** `document`: the parsed file. */
export class OpenApiContract {
  #document;

  constructor(document) {
    this.#document = document;
  }

  resolve(node) {
    if (!node?.$ref) return node;
    return node.$ref.slice(2).split('/').reduce((at, name) => at[name], this.#document);
  }

  /** [{ method, path, operation }] */
  get operations() {
    return Object.entries(this.#document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })));
  }

  /** What of an answer of the operation `route` is not in the document. */
  mistakes(route, method, status, type, body) {
    const operation = this.#document.paths[route]?.[(method === 'HEAD' ? 'GET' : method).toLowerCase()];
    if (!operation) return [`the operation ${method} ${route}`];
    const response = this.resolve(operation.responses[status]);
    if (!response) return [`status ${status}`];
    const content = response.content[type];
    if (!content) return [`type ${type} with status ${status}`];
    if (method === 'HEAD') return body.length > 0 ? ['a body after HEAD'] : [];
    if (!type.endsWith('json')) return [];
    const value = parsed(body);
    if (value === undefined) return ['a body that is no JSON'];
    const mistakes = this.breaks(content.schema, value);
    if (type === 'application/problem+json' && !operation['x-codes'].includes(value.code)) mistakes.push(`the code ${value.code}`);
    return mistakes;
  }

  /** What of a problem that no operation made is not as documented. */
  problemMistakes(status, type, body) {
    if (type !== 'application/problem+json') return [`type ${type}`];
    const value = parsed(body);
    if (value === undefined) return ['a body that is no JSON'];
    return [...this.breaks({ $ref: '#/components/schemas/Problem' }, value), ...(value.status === status ? [] : ['another status'])];
  }

  breaks(node, value, at = '') {
    const schema = this.resolve(node);
    const mistakes = [];
    const bad = (what) => mistakes.push(`${at || '/'} ${what}`);
    for (const [keyword, rule] of Object.entries(schema)) {
      const check = KEYWORDS[keyword];
      if (!check) throw new Error(`a keyword that is not known here: ${keyword}`);
      check.call(this, { rule, value, schema, at, bad, mistakes });
    }
    return mistakes;
  }
}

function parsed(body) {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const TYPES = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isInteger,
  null: (value) => value === null,
};
const remark = () => {};
const KEYWORDS = {
  description: remark,
  default: remark,
  format: remark,
  type({ rule, value, bad }) {
    if (![rule].flat().some((type) => TYPES[type](value))) bad(`is no ${rule}`);
  },
  const({ rule, value, bad }) {
    if (value !== rule) bad(`is not ${rule}`);
  },
  enum({ rule, value, bad }) {
    if (!rule.includes(value)) bad(`is none of ${rule}`);
  },
  pattern({ rule, value, bad }) {
    if (typeof value === 'string' && !new RegExp(rule, 'u').test(value)) bad(`does not match ${rule}`);
  },
  minLength({ rule, value, bad }) {
    if (typeof value === 'string' && [...value].length < rule) bad('is too short');
  },
  maxLength({ rule, value, bad }) {
    if (typeof value === 'string' && [...value].length > rule) bad('is too long');
  },
  minimum({ rule, value, bad }) {
    if (typeof value === 'number' && value < rule) bad('is too small');
  },
  maximum({ rule, value, bad }) {
    if (typeof value === 'number' && value > rule) bad('is too large');
  },
  required({ rule, value, bad }) {
    for (const name of rule) if (isObject(value) && !(name in value)) bad(`lacks ${name}`);
  },
  properties({ rule, value, at, mistakes }) {
    if (!isObject(value)) return;
    for (const name of Object.keys(value).filter((key) => key in rule)) mistakes.push(...this.breaks(rule[name], value[name], `${at}/${name}`));
  },
  additionalProperties({ rule, value, schema, at, bad, mistakes }) {
    if (!isObject(value)) return;
    for (const name of Object.keys(value).filter((key) => !(key in (schema.properties ?? {})))) {
      if (rule === false) bad(`has ${name}, which is not documented`);
      else mistakes.push(...this.breaks(rule, value[name], `${at}/${name}`));
    }
  },
  items({ rule, value, at, mistakes }) {
    if (Array.isArray(value)) value.forEach((item, i) => mistakes.push(...this.breaks(rule, item, `${at}/${i}`)));
  },
  oneOf({ rule, value, at, bad }) {
    if (rule.filter((choice) => this.breaks(choice, value, at).length === 0).length !== 1) bad('is not one of the choices');
  },
};
