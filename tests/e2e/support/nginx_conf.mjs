// One nginx: base_url with the SDK as files and the API by the shipped include, and each site on its
// own port.
import process from 'node:process';

/** `sites`: [port, upstream port] each. */
export function nginxConf({ root, folder, api, sites }) {
  const user = process.getuid() === 0 ? 'user root;' : '';
  return `${user}
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr warn;
events { worker_connections 256; }
http {
  types { text/javascript js; }
  default_type application/octet-stream;
  access_log off;
  client_body_temp_path ${folder}/nginx-body;
  proxy_temp_path ${folder}/nginx-proxy;
  fastcgi_temp_path ${folder}/nginx-fastcgi;
  uwsgi_temp_path ${folder}/nginx-uwsgi;
  scgi_temp_path ${folder}/nginx-scgi;
  upstream masterkey2 { server unix:${folder}/fastcgi.sock; }
${sites.map(([port, upstream]) => siteBlock(port, upstream)).join('')}
  server {
    listen 127.0.0.1:${api};
    server_name localhost;
    location /sdk/ {
      alias ${root}sdk/dist/;
      add_header Access-Control-Allow-Origin * always;
      add_header X-Content-Type-Options nosniff always;
    }
    include ${root}conf/nginx/masterkey2.conf;
  }
}
`;
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
