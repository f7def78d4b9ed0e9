// HTTP as an attacker writes it: bytes go out as they are, and what comes back is read strictly.
import net from 'node:net';

const ANSWER_MS = 20_000;

/**
 * Sends `bytes` to a port of this host. Resolves with { status, headers (name → values), body } or,
 * if the connection ended without an answer, with undefined. `leave`: closes after sending.
 */
export function exchange(port, bytes, { leave = false } = {}) {
  return new Promise((resolve, reject) => {
    const received = [];
    const connection = net.connect(port, '127.0.0.1');
    connection.setTimeout(ANSWER_MS, () => connection.destroy(new Error('no answer in time')));
    // A server that refuses early does not read the rest.
    connection.on('error', (error) => ['EPIPE', 'ECONNRESET'].includes(error.code) || reject(error));
    connection.on('data', (data) => received.push(data));
    connection.on('close', () => resolve(parse(Buffer.concat(received))));
    connection.write(bytes, () => leave && connection.end());
  });
}

function parse(bytes) {
  const split = bytes.indexOf('\r\n\r\n');
  if (split < 0) return undefined;
  const [first, ...lines] = bytes.subarray(0, split).toString('latin1').split('\r\n');
  const headers = new Map();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  const rest = bytes.subarray(split + 4);
  const body = headers.get('transfer-encoding')?.[0] === 'chunked' ? unchunked(rest) : rest;
  return { status: Number(first.split(' ')[1]), headers, body };
}

function unchunked(bytes) {
  const parts = [];
  for (let at = 0; ; ) {
    const line = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.subarray(at, line).toString('latin1'), 16);
    if (!size) return Buffer.concat(parts);
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}

/** A request; `headers`: pairs, in latin-1. `length`: Content-Length, if not that of the body. */
export function requestBytes(method, target, headers, body = Buffer.alloc(0), length = body.length) {
  const lines = [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (length !== undefined && (body.length > 0 || method !== 'GET')) lines.push(`Content-Length: ${length}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`, 'latin1'), body]);
}
