// A site built from the integration guide's steps and nothing else: inline scripts, the external_id
// taken from the event, verify-auth asked with the page's session token (step 5).
import http from 'node:http';

export async function startGuideSite({ masterkey2, apiKey }) {
  const signIns = [];
  let key = apiKey;
  const call = async (path, body) => {
    const response = await fetch(`${masterkey2}/api/v1${path}`, {
      method: 'POST',
      headers: { 'X-API-KEY': key, ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    return response.json();
  };
  const page = (title, body, script) => `<!DOCTYPE html>
<html><head><title>${title}</title><link rel="icon" href="data:,">
<script type="module" src="${masterkey2}/sdk/masterkey2.js"></script></head>
<body><h1>${title}</h1>${body}<div id="out"></div><script>${script}</script></body></html>`;

  const routes = {
    'GET /login': async () => {
      const { session_token } = await call('/session-token');
      return page(
        'Sign In',
        `<masterkey2-authenticate api-base-url="${masterkey2}" token="${session_token}"></masterkey2-authenticate>`,
        `const out = document.getElementById('out');
         const el = document.querySelector('masterkey2-authenticate');
         el.addEventListener('success', async (e) => {
           const { user } = e.detail;
           await fetch('/api/session', { method: 'POST', headers: { 'Content-Type': 'application/json' },
             body: JSON.stringify({ externalId: user.external_id, sessionToken: el.getAttribute('token') }) });
           window.location.href = '/dashboard';
         });
         el.addEventListener('error', (e) => { out.textContent = e.detail.code + ': ' + e.detail.error.message; });`,
      );
    },
    'GET /register': async () =>
      page(
        'Add a Passkey',
        `<masterkey2-register api-base-url="${masterkey2}" assertion-url="/api/mk2-user-token" name="My Passkey"></masterkey2-register>`,
        `const out = document.getElementById('out');
         const el = document.querySelector('masterkey2-register');
         el.addEventListener('success', () => { out.textContent = 'Passkey added!'; });
         el.addEventListener('error', (e) => { out.textContent = e.detail.code + ': ' + e.detail.error.message; });`,
      ),
    'GET /api/mk2-user-token': async () => {
      const { user_token } = await call('/user-token', { external_id: 'guide-user', display_name: 'Guide User', ttl: 30 });
      return { userToken: user_token };
    },
    'POST /api/session': async ({ externalId, sessionToken }) => {
      const { verified, user } = await call('/verify-auth', { token: sessionToken });
      signIns.push({ externalId, verified, user });
      return {};
    },
    'GET /dashboard': async () => '<!DOCTYPE html><title>Dashboard</title><link rel="icon" href="data:,"><h1>Dashboard</h1>',
  };

  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const route = routes[`${request.method} ${request.url}`];
    if (!route) return response.writeHead(404).end();
    const answer = await route(chunks.length ? JSON.parse(Buffer.concat(chunks)) : undefined);
    const html = typeof answer === 'string';
    response.writeHead(200, { 'Content-Type': html ? 'text/html; charset=utf-8' : 'application/json' });
    return response.end(html ? answer : JSON.stringify(answer));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    signIns,
    /** As if it had been started with this one. */
    useKey: (newKey) => (key = newKey),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
