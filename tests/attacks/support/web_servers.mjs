// nginx and Apache with the files that we ship, in front of the sockets of several processes.
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { nginxConf } from '../../e2e/support/nginx_conf.mjs';
import { start } from '../../e2e/support/processes.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const MODULES = ['mpm_event', 'authz_core', 'alias', 'headers', 'proxy', 'proxy_fcgi'];
const APACHE = '/usr/sbin/apache2';

export const missingForApache = () => [APACHE].find((file) => !fs.existsSync(file));

/** Each request goes to the next of `sockets`, whatever became of the one before. */
export function startNginx(folder, port, sockets) {
  const upstream = `upstream processes { ${sockets.map((socket) => `server unix:${socket} max_fails=0;`).join(' ')} }`;
  const text = nginxConf({ root, folder, api: port, sites: [] })
    .replace(`unix:${folder}/fastcgi.sock`, 'processes')
    .replace('http {', `http {\n  ${upstream}`);
  const conf = path.join(folder, 'nginx.conf');
  fs.writeFileSync(conf, text);
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  return start('nginx', 'nginx', ['-p', folder, '-c', conf, '-g', 'daemon off;'], { env });
}

/** All requests go to `socket`; those to `plainPort` as if our file did not pass Authorization on. */
export function startApache(folder, port, plainPort, socket) {
  const shipped = fs.readFileSync(`${root}conf/apache/masterkey2.conf`, 'utf8')
    .replaceAll('/run/masterkey2/fastcgi.sock', socket)
    .replaceAll('/usr/share/masterkey2/sdk/', `${folder}/sdk/`);
  // Its children are another user, who cannot go where the project may lie.
  fs.cpSync(`${root}sdk/dist`, path.join(folder, 'sdk'), { recursive: true });
  const host = (at, lines) => `Listen 127.0.0.1:${at}\n<VirtualHost 127.0.0.1:${at}>\n${lines}\n</VirtualHost>`;
  const text = [
    'ServerName localhost', `PidFile ${folder}/apache.pid`, `ErrorLog ${folder}/apache.log`, `DefaultRuntimeDir ${folder}`, `DocumentRoot ${folder}`,
    ...(process.geteuid() === 0 ? ['User www-data', 'Group www-data'] : []),
    ...MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
    host(port, shipped), host(plainPort, shipped.replace('CGIPassAuth On', '')),
  ].join('\n');
  const conf = path.join(folder, 'apache.conf');
  fs.writeFileSync(conf, text);
  return start('apache', APACHE, ['-D', 'FOREGROUND', '-d', folder, '-f', conf]);
}
