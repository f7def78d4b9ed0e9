// Holds answers against docs/openapi.json.
import { SchemaChecker } from '../../docs/support/schema.mjs';

/** `document`: the parsed file. */
export class OpenApiContract {
  #document;
  #checker;

  constructor(document) {
    this.#document = document;
    this.#checker = new SchemaChecker(document);
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
    const mistakes = this.#checker.mistakes(content.schema, value);
    if (type === 'application/problem+json' && !operation['x-codes'].includes(value.code)) mistakes.push(`the code ${value.code}`);
    return mistakes;
  }

  /** What of a problem that no operation made is not as documented. */
  problemMistakes(status, type, body) {
    if (type !== 'application/problem+json') return [`type ${type}`];
    const value = parsed(body);
    if (value === undefined) return ['a body that is no JSON'];
    return [...this.#checker.mistakes({ $ref: '#/components/schemas/Problem' }, value), ...(value.status === status ? [] : ['another status'])];
  }
}

function parsed(body) {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
