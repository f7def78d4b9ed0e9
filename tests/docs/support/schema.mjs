// Holds values against the schemas of docs/openapi.json: the keywords that it uses, and no others.
import assert from 'node:assert/strict';

const REMARKS = new Set(['description', 'default', 'format']);

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const TYPES = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export class SchemaChecker {
  #document;

  constructor(document) {
    this.#document = document;
  }

  /** What is wrong with `value`, a line each; empty if nothing is. */
  mistakes(schema, value, at = '') {
    if (schema.$ref) {
      const target = schema.$ref.slice(2).split('/').reduce((node, name) => node[name], this.#document);
      return this.mistakes(target, value, at);
    }
    return Object.entries(schema).flatMap(([keyword, rule]) => {
      if (REMARKS.has(keyword)) return [];
      assert.ok(keyword in this.#keywords, `a keyword that nobody checks: ${keyword}`);
      const found = this.#keywords[keyword](rule, value, at, schema);
      return found === false ? [`${at || '/'} breaks ${keyword} ${JSON.stringify(rule)}`] : found === true ? [] : found;
    });
  }

  /** Each answers whether the rule holds, or the mistakes inside. */
  #keywords = {
    type: (rule, value) => [rule].flat().some((type) => TYPES[type](value)),
    const: (rule, value) => same(rule, value),
    enum: (rule, value) => rule.some((one) => same(one, value)),
    pattern: (rule, value) => typeof value !== 'string' || new RegExp(rule, 'u').test(value),
    minLength: (rule, value) => typeof value !== 'string' || [...value].length >= rule,
    maxLength: (rule, value) => typeof value !== 'string' || [...value].length <= rule,
    minimum: (rule, value) => typeof value !== 'number' || value >= rule,
    maximum: (rule, value) => typeof value !== 'number' || value <= rule,
    required: (rule, value) => !isObject(value) || rule.every((name) => name in value),
    items: (rule, value, at) =>
      Array.isArray(value) ? value.flatMap((item, i) => this.mistakes(rule, item, `${at}/${i}`)) : [],
    properties: (rule, value, at) =>
      Object.entries(rule).flatMap(([name, member]) =>
        isObject(value) && name in value ? this.mistakes(member, value[name], `${at}/${name}`) : []),
    additionalProperties: (rule, value, at, { properties = {} }) =>
      Object.entries(isObject(value) ? value : {}).flatMap(([name, member]) => {
        if (name in properties) return [];
        return rule === false ? [`${at}/${name} is not documented`] : this.mistakes(rule, member, `${at}/${name}`);
      }),
    oneOf: (rule, value, at) => {
      const each = rule.map((choice) => this.mistakes(choice, value, at));
      return each.filter((found) => found.length === 0).length === 1 ? [] : [`${at || '/'} fits none or several`, ...each.flat()];
    },
  };
}
