// One nginx: base_url with the SDK as files and the API by the shipped include, and each site on its
// own port.
import fs from 'node:fs';
import process from 'node:process';

/**
 * `sites`: [port, upstream port] each. `tls`: base_url over TLS, too, { port, auth (its name),
 * certificate, key }, beside the server blocks `more`.
 */
export function nginxConf({ root, folder, api, sites, tls }) {
  const user = process.getuid() === 0 ? 'user root;' : '';
  return `${user}
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
  types { text/javascript js; }
  default_type application/octet-stream;
  access_log off;
  client_body_temp_path ${folder}/nginx-body;
  proxy_temp_path ${folder}/nginx-proxy;
  fastcgi_temp_path ${folder}/nginx-fastcgi;
  uwsgi_temp_path ${folder}/nginx-uwsgi;
  scgi_temp_path ${folder}/nginx-scgi;
${sites.map(([port, upstream]) => siteBlock(port, upstream)).join('')}
  server {
    listen 127.0.0.1:${api};
    server_name localhost;
${shipped(root, folder)}
  }
${tls ? tlsBlock(tls, shipped(root, folder)) : ''}}
`;
}

/** The snippet that we ship, with this installation's paths; the SDK lies as it is installed. */
function shipped(root, folder) {
  const { version } = JSON.parse(fs.readFileSync(`${root}sdk/package.json`, 'utf8'));
  const sdk = `${folder}/sdk/`;
  for (const place of [sdk, `${sdk}${version}/`]) fs.cpSync(`${root}sdk/dist/`, place, { recursive: true });
  return fs
    .readFileSync(`${root}conf/nginx/masterkey2.conf`, 'utf8')
    .replaceAll('/run/masterkey2/fastcgi.sock', `${folder}/fastcgi.sock`)
    .replaceAll('/usr/share/masterkey2/sdk/', sdk);
}

function tlsBlock({ port, auth, certificate, key, more }, snippet) {
  return `  server {
    listen 127.0.0.1:${port} ssl;
    server_name ${auth};
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
${snippet}
  }
${more}`;
}

function siteBlock(port, upstream) {
  return `  server {
    listen 127.0.0.1:${port} default_server;
    location / {
      proxy_pass http://127.0.0.1:${upstream};
      proxy_set_header Host $http_host;
    }
  }
`;
}
