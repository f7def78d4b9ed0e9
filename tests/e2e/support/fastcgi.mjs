// A web server's side of FastCGI: one request for each connection.
import net from 'node:net';

const TYPE = { begin: 1, end: 3, params: 4, stdin: 5, stdout: 6 };
const MAX_CONTENT = 65_535;
const ANSWER_MS = 20_000;

/**
 * Sends `params` (pairs; latin-1 text) and `body` to the server at `socket`. Resolves with
 * { status, headers (names in lower case; doubled ones joined), body (Buffer) }.
 */
export function askFastcgi(socket, params, body) {
  return new Promise((resolve, reject) => {
    const connection = net.connect(socket);
    const received = [];
    connection.setTimeout(ANSWER_MS, () => connection.destroy(new Error('no answer in time')));
    // The rest of a body that is too large is not taken: what counts is the answer.
    connection.on('error', (error) => error.code !== 'EPIPE' && error.code !== 'ECONNRESET' && reject(error));
    connection.on('data', (data) => received.push(data));
    connection.on('close', () => {
      const answer = parseAnswer(Buffer.concat(received));
      if (answer) resolve(answer);
      else reject(new Error('the connection ended without an answer'));
    });
    connection.write(Buffer.concat([
      record(TYPE.begin, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])),
      ...stream(TYPE.params, Buffer.concat(params.map(pair))),
      ...stream(TYPE.stdin, body),
    ]));
  });
}

function record(type, content) {
  return Buffer.concat([Buffer.from([1, type, 0, 1, content.length >> 8, content.length & 255, 0, 0]), content]);
}

function stream(type, content) {
  const records = [];
  for (let at = 0; at < content.length; at += MAX_CONTENT) records.push(record(type, content.subarray(at, at + MAX_CONTENT)));
  return [...records, record(type, Buffer.alloc(0))];
}

function pair([name, value]) {
  const [n, v] = [Buffer.from(name, 'latin1'), Buffer.from(value, 'latin1')];
  return Buffer.concat([size(n.length), size(v.length), n, v]);
}

function size(length) {
  if (length < 128) return Buffer.from([length]);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length + 2 ** 31);
  return bytes;
}

function parseAnswer(bytes) {
  const output = [];
  let ended = false;
  for (let at = 0; at + 8 <= bytes.length && !ended; ) {
    const length = bytes.readUInt16BE(at + 4);
    if (bytes[at + 1] === TYPE.stdout) output.push(bytes.subarray(at + 8, at + 8 + length));
    ended = bytes[at + 1] === TYPE.end;
    at += 8 + length + bytes[at + 6];
  }
  const text = Buffer.concat(output);
  const split = text.indexOf('\r\n\r\n');
  if (!ended || split < 0) return undefined;
  const headers = new Headers();
  for (const line of text.subarray(0, split).toString('latin1').split('\r\n')) {
    const colon = line.indexOf(':');
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return { status: Number.parseInt(headers.get('status') ?? '200', 10), headers, body: text.subarray(split + 4) };
}
