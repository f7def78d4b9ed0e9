// A site of test pages under the strictest policy that the elements have to live with.
import http from 'node:http';

/** `pages`: path → body of <body>, or a function of (request, response) that answers by itself. */
export async function startSite({ sdk, pages }) {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://site');
    if (pathname === '/site.css') {
      response.writeHead(200, { 'Content-Type': 'text/css' });
      return response.end('html { background: Canvas; color: CanvasText; }');
    }
    const page = pages[pathname];
    if (typeof page === 'function') return page(request, response);
    if (page === undefined) return response.writeHead(204).end();
    const origin = new URL(sdk).origin;
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy':
        `default-src 'none'; script-src ${origin}; connect-src 'self' ${origin}; ` +
        "style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
    });
    return response.end(
      '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">' +
        '<meta name="color-scheme" content="light dark"><title>Test</title>' +
        '<link rel="stylesheet" href="/site.css">' +
        `<script type="module" src="${sdk}/sdk/masterkey2.js"></script>` +
        `<main><h1>Test</h1>${page}</main></html>`,
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  return {
    port,
    url: `http://localhost:${port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
