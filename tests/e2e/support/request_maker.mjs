// Requests made from docs/openapi.json by a seed: good ones from what the server has answered so far,
// and good ones with something odd about them.
import { Authenticator } from '../../docs/support/authenticator.mjs';

/** Numbers of [0, 1) that follow from `seed` (mulberry32). */
export function randomSource(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const TEXTS = ['', 'a', 'ü€😀', '\u0000', '\ud800', 'x'.repeat(257), "' OR 1=1 --", '../..', '%00', '__proto__', '2026-01-01T00:00:00Z'];
const NUMBERS = ['0', '-1', '1e400', '1e-400', '99999999999999999999', '-9223372036854775809', '4294967326', '0.5', '-0', '1E3'];
const VALUES = ['null', 'true', '[]', '{}', '""', '[[[]]]', '{"a":{"b":[]}}', ...NUMBERS];
const SEGMENTS = ['alice', 'bob', 'x', '%2e%2e', '..', '.', '', '%2F', '%00', '%', '%zz', '%C3%28', '\xff', 'a%20', '%25', 'x'.repeat(300), '%F0%9F%94%91', '*', "'", ';a=b'];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'get', 'FOO', 'A'.repeat(17), 'G\xc9T', ' '];
const TYPES = ['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"', 'application/json; charset=latin1', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a', 'application/json, application/json', '', ';', 'a'.repeat(2000)];
const HEADERS = [
  ['HTTP_CONTENT_ENCODING', 'gzip'], ['HTTP_EXPECT', '100-continue'], ['HTTP_ORIGIN', 'null'], ['HTTP_ORIGIN', 'https://evil.example'],
  ['HTTP_SEC_FETCH_SITE', 'cross-site'], ['HTTP_AUTHORIZATION', 'Basic YTpi'], ['HTTP_AUTHORIZATION', 'Bearer'], ['HTTP_AUTHORIZATION', 'Bearer a b'],
  ['HTTP_X_API_KEY', 'bvsk_a, bvsk_b'], ['HTTP_X_API_KEY', '\xff'], ['HTTP_IDEMPOTENCY_KEY', 'x'.repeat(256)], ['HTTP_IDEMPOTENCY_KEY', ''], ['HTTP_IDEMPOTENCY_KEY', '1'],
  ['HTTP_ACCESS_CONTROL_REQUEST_METHOD', 'POST'], ['HTTP_X_FORWARDED_FOR', '::1, x'], ['HTTP_HOST', 'a\tb'], ['CONTENT_LENGTH', '1'], ['CONTENT_LENGTH', '70000'],
  ['CONTENT_LENGTH', '-1'], ['CONTENT_LENGTH', '1e3'], ['HTTP_TRANSFER_ENCODING', 'chunked'], ['HTTP_A', 'x'.repeat(9000)],
];

/** Scheme → the member of an answer whose token it takes. */
const TOKENS = { sessionToken: 'session_token', userToken: 'user_token', pollToken: 'poll_token', phoneToken: 'phone_token' };

export class RequestMaker {
  #random;
  #operations;
  #contract;
  #site;
  /** What the server gave, newest last, by name. */
  #known = {
    session_token: [], user_token: [], auth_token: [], poll_token: [], phone_token: [], qr: [], code: [], begun: [], claimed: [],
    cursor: [], credential_id: [],
  };
  #passkeys = [];

  /** `site`: { apiKey, tenantId, origin, url (base_url) } */
  constructor(random, contract, site) {
    this.#random = random;
    this.#contract = contract;
    this.#operations = contract.operations.flatMap((operation) => Array(weight(operation)).fill(operation));
    this.#site = { apiKey: site.apiKey, tenantId: site.tenantId, origin: site.origin, url: site.url };
  }

  next() {
    const request = this.#good(this.#pick(this.#operations));
    for (let n = Math.floor(this.#random() * 3.5); n > 0; --n) this.#pick(MUTATIONS).call(this, request);
    return this.#toCgi(request);
  }

  /** Notes what later requests can use. */
  learn(request, answer) {
    if (answer.status !== 200 || answer.body.length === 0 || answer.headers.get('content-type') !== 'application/json') return;
    const body = JSON.parse(answer.body);
    const known = this.#known;
    if (body.api_key) this.#site.apiKey = body.api_key;
    for (const name of ['session_token', 'user_token', 'auth_token', 'poll_token', 'phone_token', 'code']) {
      if (body[name]) keep(known[name], body[name]);
    }
    if (body.poll_token) keep(known.qr, body.url.split('#')[1]);
    if (body.phone_token) keep(known.claimed, { ...body, token: body.phone_token });
    if (body.next_cursor) keep(known.cursor, body.next_cursor);
    if (body.ceremony && body.publicKey) keep(known.begun, { ...body, token: request.bearer });
    if (request.passkey && body.credential) {
      keep(this.#passkeys, request.passkey);
      keep(known.credential_id, body.credential.credential_id);
    }
  }

  #good({ method, path, operation }) {
    const scheme = Object.keys(operation.security[0] ?? {})[0];
    const request = { method, query: [], headers: [], type: '', body: undefined };
    if (scheme === 'apiKey') request.headers.push(['HTTP_X_API_KEY', this.#site.apiKey]);
    const begun = this.#toFinish(path, scheme);
    if (scheme in TOKENS) {
      request.bearer = begun?.token ?? this.#newest(TOKENS[scheme]) ?? 'mk2s_AAAA';
      request.headers.push(['HTTP_AUTHORIZATION', `Bearer ${request.bearer}`]);
    }
    const ofThePhone = scheme === 'phoneToken' || (scheme === undefined && path.includes('/cross_device/'));
    if (scheme in TOKENS || ofThePhone) request.headers.push(['HTTP_ORIGIN', ofThePhone ? this.#site.url : this.#site.origin]);
    request.segments = path.slice(1).split('/').map((segment) => (segment.startsWith('{') ? this.#parameter(segment.slice(1, -1)) : segment));
    for (const parameter of operation.parameters ?? []) {
      const { name } = parameter;
      if (parameter.in === 'query' && this.#random() < 0.3) request.query.push(`${name}=${encodeURIComponent(this.#parameter(name))}`);
      if (parameter.in === 'header' && this.#random() < 0.3) request.headers.push([`HTTP_${name.toUpperCase().replaceAll('-', '_')}`, 'k1']);
    }
    const body = operation.requestBody;
    if (body && (body.required || this.#random() < 0.7)) {
      const value = this.#value('', body.content['application/json'].schema, { begun, request });
      request.body = JSON.stringify(value);
      request.type = 'application/json';
    }
    return request;
  }

  #toFinish(path, scheme) {
    if (path.endsWith('/cross_device/finish')) return this.#newest('claimed');
    return path.includes('/finish_') ? this.#begun(scheme) : undefined;
  }

  #begun(scheme) {
    const member = scheme === 'userToken' ? 'user' : 'rpId';
    const begun = this.#known.begun.filter(({ publicKey }) => member in publicKey).at(-1);
    // Now and then one is finished a second time.
    if (this.#random() < 0.8) this.#known.begun = this.#known.begun.filter((other) => other !== begun);
    return begun;
  }

  #parameter(name) {
    const some = {
      external_id: () => this.#pick(['alice', 'bob']),
      credential_id: () => this.#newest('credential_id') ?? 'AAAA',
      tenant_id: () => this.#site.tenantId,
      limit: () => String(1 + Math.floor(this.#random() * 200)),
      cursor: () => this.#newest('cursor') ?? 'AAAA',
      type: () => this.#pick(['user.created', 'sign_in.verify', 'x']),
    };
    return (some[name] ?? (() => '2026-01-01T00:00:00.000Z'))();
  }

  #value(name, node, context) {
    const { begun, request } = context;
    const known = {
      external_id: () => this.#pick(['alice', 'bob']),
      token: () => this.#newest(this.#pick(['auth_token', 'auth_token', 'session_token'])) ?? 'x',
      ceremony: () => begun?.ceremony ?? 'x',
      id: () => this.#newest('qr') ?? 'x',
      code: () => (this.#random() < 0.7 && this.#newest('code')) || '000000',
      credential: () => this.#credential(begun, request),
      nonce: () => 'n-1',
      challenge_nonce: () => Buffer.alloc(16 + Math.floor(this.#random() * 49), 7).toString('base64url'),
    };
    if (known[name]) return known[name]();
    const schema = this.#contract.resolve(node);
    if (schema.enum) return this.#pick(schema.enum);
    switch ([schema.type].flat()[0]) {
      case 'object': {
        const wanted = ([key]) => schema.required?.includes(key) || this.#random() < 0.5;
        const members = Object.entries(schema.properties ?? {}).filter(wanted);
        return Object.fromEntries(members.map(([key, inner]) => [key, this.#value(key, inner, context)]));
      }
      case 'integer': {
        const { minimum = 0, maximum = 100 } = schema;
        return minimum + Math.floor(this.#random() * (maximum - minimum + 1));
      }
      case 'boolean':
        return this.#random() < 0.5;
      default:
        return 'a name';
    }
  }

  #credential(begun, request) {
    if (!begun) return {};
    const { publicKey } = begun;
    if (publicKey.user) {
      request.passkey = new Authenticator(this.#site.origin);
      return request.passkey.create(publicKey);
    }
    return this.#passkeys.at(-1)?.get(publicKey, begun.phone_token ? { origin: this.#site.url } : {}) ?? {};
  }

  #newest(name) {
    const list = this.#known[name];
    return this.#random() < 0.8 ? list.at(-1) : this.#pick(list);
  }

  #pick(list) {
    return list[Math.floor(this.#random() * list.length)];
  }

  #toCgi(request) {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.from(request.body ?? '', 'utf8');
    const target = request.target ?? `/${request.segments.join('/')}${request.query.length ? `?${request.query.join('&')}` : ''}`;
    const params = [
      ['REQUEST_METHOD', request.method], ['REQUEST_URI', target], ['CONTENT_TYPE', request.type],
      ['REMOTE_ADDR', '127.0.0.1'], ['SERVER_PROTOCOL', 'HTTP/1.1'], ...request.headers,
    ];
    if (!request.headers.some(([name]) => name === 'CONTENT_LENGTH')) params.push(['CONTENT_LENGTH', body.length ? String(body.length) : '']);
    return { params, body, method: request.method, bearer: request.bearer, passkey: request.passkey };
  }

  static mutateBody(change) {
    return function (request) {
      if (request.body !== undefined && !Buffer.isBuffer(request.body)) request.body = change.call(this, request.body) ?? request.body;
    };
  }

  /** Puts other JSON in the place of one value. */
  replaceValue(text, replacement) {
    const places = [...text.matchAll(/:("(?:[^"\\]|\\.)*"|[\w.+-]+|\{|\[)/g)];
    if (places.length === 0) return text;
    const place = this.#pick(places);
    if (place[1] === '{' || place[1] === '[') return text;
    return text.slice(0, place.index + 1) + replacement + text.slice(place.index + place[0].length);
  }

  /** Puts `member` behind one of the opening braces. */
  insertMember(text, member) {
    const places = [...text.matchAll(/\{("[^"]*"):/g)];
    if (places.length === 0) return text;
    const place = this.#pick(places);
    return `${text.slice(0, place.index + 1)}${member ?? place[1] + ':0'},${text.slice(place.index + 1)}`;
  }

  pick(list) {
    return this.#pick(list);
  }

  random() {
    return this.#random();
  }
}

/** Ceremonies are long; what ends keys, users and tokens would end all of them. */
function weight({ method, path }) {
  if (/_registration|_authentication|user-token/.test(path)) return 30;
  return method === 'DELETE' || /rotate|disable/.test(path) ? 2 : 10;
}

function keep(list, value) {
  list.push(value);
  if (list.length > 20) list.shift();
}

const body = RequestMaker.mutateBody;
const nested = (open, inner, close, depth) => open.repeat(depth) + inner + close.repeat(depth);

const MUTATIONS = [
  body(function (text) { return this.replaceValue(text, this.pick(VALUES)); }),
  body(function (text) { return this.replaceValue(text, this.pick(NUMBERS)); }),
  body(function (text) { return this.replaceValue(text, JSON.stringify(this.pick(TEXTS))); }),
  body(function (text) { return this.replaceValue(text, nested('[', '', ']', this.pick([7, 8, 9, 1000, 20_000]))); }),
  body(function (text) { return this.replaceValue(text, nested('{"a":', '1', '}', this.pick([7, 8, 9, 1000, 9_000]))); }),
  body(function (text) { return this.insertMember(text); }),
  body(function (text) { return this.insertMember(text, '"no_such_member":1'); }),
  body(function (text) { return this.insertMember(text, '"\\u0061":1,"a":2'); }),
  body(function (text) { return text.slice(0, Math.floor(this.random() * text.length)); }),
  body(function (text) { return text + this.pick([' ', '\n', '{}', '\0', 'x', ',']); }),
  body(function (text) { return this.pick(['\ufeff', ' ', '/**/']) + text; }),
  body(function (text) { return this.pick(VALUES) || text; }),
  body(function (text) { return text.replace(/"/, "'"); }),
  body(function (text) { return Buffer.from(text.padEnd(this.pick([65_535, 65_536, 65_537, 200_000]))); }),
  body(function (text) {
    const bytes = Buffer.from(text);
    bytes[Math.floor(this.random() * bytes.length)] ^= 1 << Math.floor(this.random() * 8);
    return bytes;
  }),
  body(function (text) { return Buffer.concat([Buffer.from(text.slice(0, -2)), Buffer.from([0xc3, 0x28]), Buffer.from(text.slice(-2))]); }),
  body(function (text) { return Buffer.from(text, 'utf16le'); }),
  function (request) { request.body = request.body === undefined ? '{}' : undefined; },
  function (request) { request.type = this.pick(TYPES); },
  function (request) { request.method = this.pick(METHODS); },
  function (request) { request.segments[Math.floor(this.random() * request.segments.length)] = this.pick(SEGMENTS); },
  function (request) { request.segments.push(this.pick(SEGMENTS)); },
  function (request) { request.segments.pop(); },
  function (request) { request.query.push(this.pick(['limit=0', 'limit=99999999999999999999', 'limit=5', 'cursor=', 'cursor=%00', 'x', '=', '&&', 'since=x', 'until=9999-99-99T99:99:99Z', 'external_id=%ff', 'type=' + 'x'.repeat(500), '%', 'limit=%35'])); },
  function (request) { request.target = this.pick(['', '*', '/', '//', 'x', '?', '/?', 'http://a/healthz', 'http://a', 'HTTPS://a/', '/a#b', '/a b', `/${'a/'.repeat(40)}`, `/${'a'.repeat(9000)}`, '/api/v1/users/%', '/.well-known/', '/\x01']); },
  function (request) { request.headers.push(this.pick(HEADERS)); },
  function (request) { request.headers = request.headers.filter(([name]) => name !== this.pick(['HTTP_X_API_KEY', 'HTTP_AUTHORIZATION', 'HTTP_ORIGIN'])); },
  function (request) { if (request.headers.length > 0) request.headers.push([...this.pick(request.headers)]); },
  function (request) {
    const header = request.headers.find(([name]) => name === 'HTTP_AUTHORIZATION' || name === 'HTTP_X_API_KEY');
    if (!header) return;
    const at = Math.floor(this.random() * header[1].length);
    header[1] = header[1].slice(0, at) + this.pick(['A', '_', ' ', '\xe9', '']) + header[1].slice(at + 1);
  },
];
