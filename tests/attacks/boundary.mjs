// Groups H and J: what HTTP lets a stranger write, through the web server that we document.
import assert from 'node:assert/strict';
import net from 'node:net';
import { requestBytes } from './support/http.mjs';
import { granted, refused, refusedSomewhere } from './support/tenant.mjs';

const LIMIT = 65_536;

/** A body of the call that makes a user token, `size` bytes long. */
const padded = (size) => {
  const body = JSON.stringify({ external_id: 'padded' });
  return `${' '.repeat(size - body.length)}${body}`;
};

export const cases = [
  ['H-01', 'two API keys in one request', async (t) => {
    const { user } = await t.a.newMember();
    await t.unchanged(async () => {
      for (const [first, second] of [[t.a, t.b], [t.b, t.a], [t.a, t.a]]) {
        for (const headers of [[['X-API-KEY', second.apiKey]], [['x-api-key', `${second.apiKey}, ${first.apiKey}`]]]) {
          refused(await t.ask('POST', `/users/${user}/disable`, { key: first.apiKey, headers }), '400 invalid_request');
        }
      }
    });
  }],

  ['H-03', 'keys with bytes that no key has', async (t) => {
    const key = t.a.apiKey;
    const { request_id: unlike, ...wrong } = (await t.ask('GET', '/tenant', { key: `${key.slice(0, -1)}?` })).value;
    for (const bad of [`${key} x`, `${key.slice(0, 9)} ${key.slice(9)}`, `${key}\t.`, `${key}\xe9`, `bvsk_${'a'.repeat(7000)}`, `"${key}"`, key.toUpperCase()]) {
      const answer = await t.ask('GET', '/tenant', { key: bad });
      refused(answer, '401 invalid_api_key', bad);
      const { request_id: id, ...body } = answer.value;
      assert.deepEqual(body, wrong);
      assert.notEqual(id, unlike);
    }
    refusedSomewhere(await t.ask('GET', '/tenant', { key: `${key.slice(0, 9)}\r${key.slice(9)}` }), '401 invalid_api_key', 'CR');
    refusedSomewhere(await t.ask('GET', '/tenant', { key: 'a'.repeat(9000) }), '401 invalid_api_key', '9,000 bytes');
    refused(await t.ask('GET', '/tenant', { key: '' }), '401 invalid_api_key', 'empty');
  }],

  ['H-04', 'a bearer token arrives; where Apache keeps it to itself the log says what to do', async (t) => {
    granted(await t.a.page('DELETE', '/session-token', await t.a.sessionToken()));
    if (t.web !== 'apache') return;
    refused(await t.a.page('DELETE', '/session-token', await t.a.sessionToken(), undefined, { port: t.plainPort }), '401 missing_token');
    await t.holdsInvariants();
    assert.match(t.log, /CGIPassAuth On/);
  }],

  ['H-05', 'a Proxy header makes nobody connect anywhere', async (t) => {
    const visitors = [];
    const proxy = net.createServer((connection) => visitors.push(connection.destroy())).listen(0, '127.0.0.1');
    await new Promise((resolve) => proxy.once('listening', resolve));
    const headers = [['Proxy', `http://127.0.0.1:${proxy.address().port}`]];
    granted(await t.a.call('GET', '/tenant', undefined, { headers }));
    refused(await t.ask('GET', '/nothing', { headers }), '404 not_found');
    await new Promise((resolve) => proxy.close(resolve));
    assert.equal(visitors.length, 0);
  }],

  ['H-06', 'paths that climb to rotate-key', async (t) => {
    for (const path of ['/users/%2e%2e/rotate-key', '/users/../rotate-key', '/users/a/%2e%2e/%2e%2e/rotate-key', '/users/.%2e/rotate-key', '/users/./../rotate-key', '//rotate-key', '/users//disable']) {
      await t.unchanged(async () => refused(await t.a.call('POST', path), '400 invalid_path', path));
    }
    granted(await t.a.call('GET', '/tenant'));
  }],

  ['H-08', 'escapes that no external_id has', async (t) => {
    for (const escape of ['%c0%af', '%E9', '%252F', '%25', '%3F', '%23', '%0A', '%ED%A0%80']) {
      refused(await t.a.call('GET', `/users/${escape}`), '400 invalid_external_id', escape);
    }
    for (const escape of ['%zz', '%', '%0', '%00']) refusedSomewhere(await t.a.call('GET', `/users/${escape}`), '400 invalid_external_id', escape);
  }],

  ['H-09', 'the Host that a request names is nobody’s address', async (t) => {
    const plain = granted(await t.a.call('GET', '/tenant'));
    const ways = [
      ['/tenant', { host: 'evil.example' }],
      ['/tenant', { headers: [['X-Forwarded-Host', 'evil.example'], ['Forwarded', 'host=evil.example']] }],
      ['http://evil.example/api/v1/tenant', {}],
      ['http://evil.example/api/v1/tenant', { host: 'evil.example' }],
    ];
    for (const [target, more] of ways) assert.deepEqual(granted(await t.a.call('GET', target, undefined, more)), plain);
    const session = await t.a.sessionToken();
    const begun = await t.a.page('POST', '/begin_authentication', session, undefined, { host: 'evil.example' });
    assert.ok(!JSON.stringify(granted(begun)).includes('evil'));
    const code = await t.a.page('POST', '/cross_device', session, undefined, { host: 'evil.example' });
    assert.ok(granted(code).url.startsWith(`${t.url}/q#`));
    await t.holdsInvariants();
    // `path` is the target as it came, which Apache passes on in any form.
    for (const line of t.log.split('\n').filter((text) => text.includes('evil'))) {
      const { path, ...others } = JSON.parse(line);
      assert.ok(t.web === 'apache' && path.startsWith('http://evil.example/api/'), line);
      assert.ok(!JSON.stringify(others).includes('evil'), line);
    }
  }],

  ['H-11', 'Content-Length above and below the body', async (t) => {
    const body = JSON.stringify({ external_id: 'cut-short' });
    await t.unchanged(async () => {
      const headers = [['Host', 'localhost'], ['X-API-KEY', t.a.apiKey], ['Content-Type', 'application/json']];
      const longer = requestBytes('POST', '/api/v1/user-token', headers, Buffer.from(body), body.length + 5);
      const answer = await t.send(longer, { leave: true });
      if (answer) assert.ok(answer.status >= 400, String(answer.status));
      refused(await t.ask('POST', '/user-token', { key: t.a.apiKey, body, length: body.length - 2 }), '400 invalid_json');
      for (const length of ['-1', '1e2', '0x10', '99999999999999999999']) {
        const odd = await t.ask('POST', '/user-token', { key: t.a.apiKey, body, length });
        assert.ok(!odd || odd.status >= 400, length);
      }
    });
  }],

  ['H-15', 'a client that leaves before its answer', async (t) => {
    const { passkey } = await t.a.newMember();
    const begun = await t.a.begin(await t.a.sessionToken());
    const body = Buffer.from(JSON.stringify({ ceremony: begun.ceremony, credential: passkey.get(begun.publicKey) }));
    const before = (await t.rows(['sign_in'])).length;
    const headers = [['Host', 'localhost'], ['Authorization', `Bearer ${begun.token}`], ['Origin', t.a.origin], ['Content-Type', 'application/json']];
    const bytes = requestBytes('POST', '/api/v1/finish_authentication', headers, body);
    await Promise.all(Array.from({ length: 8 }, () => leaves(t, bytes)));
    const last = await t.send(bytes);
    if (last.status !== 200) refused(last, '409 ceremony_used');
    // One success, whether somebody has heard of it or not.
    assert.equal((await t.rows(['sign_in'])).length, before + 1);
  }],

  ['H-16', 'X-Forwarded-For of somebody who is no proxy', async (t) => {
    const hops = Array.from({ length: 300 }, (_, i) => `198.51.100.${i % 250}`).join(', ');
    for (const value of ['', 'a', hops, 'fe80::1%eth0', '203.0.113.9', '::1', '"203.0.113.9:80"', ',,,']) {
      const answer = await t.a.call('GET', '/tenant', undefined, { headers: [['X-Forwarded-For', value]] });
      granted(answer);
      const [id] = answer.headers.get('x-request-id');
      await t.holdsInvariants();
      const line = t.log.split('\n').find((text) => text.includes(id));
      assert.equal(JSON.parse(line).remote_address, '127.0.0.1', value);
    }
  }],

  ['J-01', 'a member twice, however it is written', async (t) => {
    for (const body of ['{"external_id":"a","external_id":"b"}', '{"external_id":"a","\\u0065xternal_id":"b"}', '{"external_id":"a","external_id":"a"}']) {
      await t.unchanged(async () => refused(await t.a.call('POST', '/user-token', undefined, { body }), '400 invalid_json', body));
    }
  }],

  ['J-02', 'bodies that are deep, long or one number', async (t) => {
    const send = (body) => t.a.call('POST', '/user-token', undefined, { body });
    const keys = (count) => `{${Array.from({ length: count }, (_, i) => `"${i}":1`).join()}}`;
    await t.unchanged(async () => {
      for (const body of ['['.repeat(10_000), '{"a":'.repeat(5_000), keys(7_000), `{"ttl":${'9'.repeat(60_000)}}`, '['.repeat(9) + ']'.repeat(9)]) {
        refused(await send(body), '400 invalid_json', body.slice(0, 20));
      }
      for (const body of ['['.repeat(400_000), keys(100_000), `{"ttl":${'9'.repeat(1_000_000)}}`]) refusedOrCut(await send(body));
    });
  }],

  ['J-03', 'a body at the limit, above it, in pieces and compressed', async (t) => {
    granted(await t.a.call('POST', '/user-token', undefined, { body: padded(LIMIT) }));
    refused(await t.a.call('POST', '/user-token', undefined, { body: padded(LIMIT + 1) }), '413 body_too_large');
    const inPieces = (body) => {
      const pieces = body.match(/[^]{1,4000}/g).map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('');
      const lines = ['POST /api/v1/user-token HTTP/1.1', 'Host: localhost', `X-API-KEY: ${t.a.apiKey}`, 'Content-Type: application/json', 'Transfer-Encoding: chunked', 'Connection: close'];
      return t.send(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${pieces}0\r\n\r\n`));
    };
    granted(await inPieces(padded(LIMIT)));
    refused(await inPieces(padded(LIMIT + 1)), '413 body_too_large');
    const headers = [['Content-Encoding', 'gzip']];
    refused(await t.a.call('POST', '/user-token', { external_id: 'gzip' }, { headers }), '415 unsupported_media_type');
  }],

  ['J-04', 'text that is no UTF-8, or of what JSON has no name for', async (t) => {
    const around = (bytes) => Buffer.concat([Buffer.from('{"external_id":"a'), Buffer.from(bytes), Buffer.from('"}')]);
    const bodies = [
      around([0xff]), around([0xc0, 0xaf]), around([0xed, 0xa0, 0x80]), around([0xf4, 0x90, 0x80, 0x80]), around([0xe2, 0x82]), around([0x00]),
      around(Buffer.from('\\ud800')), around(Buffer.from('\\udc00\\ud800')), around(Buffer.from('\\u0000')), Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), around([])]),
    ];
    await t.unchanged(async () => {
      for (const body of bodies) refused(await t.a.call('POST', '/user-token', undefined, { body }), '400 invalid_json', body.toString('hex'));
    });
  }],

  ['J-05', 'a ttl of another type, or beyond its range', async (t) => {
    await t.unchanged(async () => {
      for (const ttl of ['"30"', '30.9', '-5', '4294967326', '18446744073709551646', 'true', 'null', '[30]', '{}']) {
        refused(await t.a.call('POST', '/user-token', undefined, { body: `{"external_id":"a","ttl":${ttl}}` }), '400 invalid_request', ttl);
      }
      refused(await t.a.call('POST', '/user-token', undefined, { body: '{"external_id":"a","ttl":1e400}' }), '400 invalid_json');
    });
  }],

  ['J-07', 'bodies of another type', async (t) => {
    await t.unchanged(async () => {
      const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a', undefined, 'application/json; charset=utf-16', 'application/json, text/plain', 'application/jsonp'];
      for (const type of types) {
        const headers = [['Host', 'localhost'], ['X-API-KEY', t.a.apiKey], ...(type ? [['Content-Type', type]] : [])];
        const body = Buffer.from('{"external_id":"typed"}');
        refused(await t.send(requestBytes('POST', '/api/v1/user-token', headers, body)), '415 unsupported_media_type', type);
      }
    });
    granted(await t.a.call('POST', '/user-token', { external_id: 'typed' }, { type: 'Application/JSON; charset="UTF-8"' }));
  }],

  ['J-08', 'names: refused, or kept byte by byte and harmless in the log', async (t) => {
    const named = (name) => t.a.call('POST', '/user-token', { external_id: 'named', display_name: name });
    refusedOrCut(await named('x'.repeat(2 ** 20)));
    for (const name of ['x'.repeat(257), 'a\nb', 'a\u0007', 'a\u0085', '\u007f']) refused(await named(name), '400 invalid_request', JSON.stringify(name));
    for (const name of ['\u202eevil\u2066', '<img src=x onerror=alert(1)>', '\u{1f511}'.repeat(64), '"; {"level":"forged"}', '', 'x'.repeat(256)]) {
      granted(await named(name));
      assert.equal(granted(await t.a.call('GET', '/users/named')).user.display_name ?? '', name);
    }
    assert.ok(!/[\u202a-\u202e\u2066-\u2069]/.test(t.log));
  }],
];

/** Closes its connection as soon as the request has gone. */
function leaves(t, bytes) {
  return new Promise((resolve) => {
    const connection = net.connect(t.port, '127.0.0.1');
    connection.on('error', () => {}).on('close', resolve);
    t.unheard(1);
    connection.write(bytes, () => connection.destroy());
  });
}

/** Too large: the web server or ours says so, or ends the connection on whoever goes on sending. */
function refusedOrCut(answer) {
  if (answer) refused(answer, '413 body_too_large');
}
