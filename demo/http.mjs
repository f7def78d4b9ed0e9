// The few things every answer and every request of the site have in common.

const BODY_LIMIT_BYTES = 16 * 1024;

/** An error whose `status` and `code` decide the answer. */
export function refusal(status, code) {
  return Object.assign(new Error(code), { status, code });
}

export function send(response, status, type, body, headers = {}) {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'strict-origin-when-cross-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Permissions-Policy': 'publickey-credentials-create=(self), publickey-credentials-get=(self)',
    ...headers,
  });
  response.end(body);
}

/** Refuses what another site's page makes a visitor's browser do. Plain links may lead here. */
export function refuseForeign(request) {
  const from = request.headers['sec-fetch-site'];
  const own = from === undefined || from === 'same-origin' || from === 'none';
  const link = request.method === 'GET' && request.headers['sec-fetch-mode'] === 'navigate';
  if (!own && !link) throw refusal(403, 'origin_not_allowed');
}

/** The body as text. 415 on another content type, 413 above the limit. */
export async function readBody(request, type) {
  if ((request.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase() !== type) {
    throw refusal(415, 'unsupported_media_type');
  }
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > BODY_LIMIT_BYTES) throw refusal(413, 'body_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
