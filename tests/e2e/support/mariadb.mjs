// A MariaDB server of the test's own: a folder, a unix socket, no port (Debian: mariadb-server-core).
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { start, until } from './processes.mjs';

const PROGRAM = '/usr/sbin/mariadbd';
const SHARE = '/usr/share/mysql/';

/** What is missing to run a server of `build` on MariaDB, if something is. */
export const missingForMariadb = (build) =>
  [PROGRAM, path.join(build, 'plugins/libmasterkey2_storage_mysql.so')].find((file) => !fs.existsSync(file));

export class Mariadb {
  #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mk2-db-'));
  #process;

  get dataFolder() {
    return path.join(this.#folder, 'data');
  }

  get #socket() {
    return path.join(this.#folder, 'socket');
  }

  /** Makes the system tables and an empty database for each name. */
  async create(databases) {
    fs.mkdirSync(this.dataFolder);
    // The rows that name this host have a collation of their own.
    const tables = ['mysql_system_tables', 'mysql_performance_tables', 'mysql_system_tables_data'].map((name) =>
      fs.readFileSync(`${SHARE}${name}.sql`, 'utf8').split('\n').filter((line) => !line.includes('@current_hostname')).join('\n'));
    const begin = ['CREATE DATABASE mysql;', 'USE mysql;', 'SET @auth_root_socket=NULL;', 'SET @skip_auth_anonymous=1;'];
    const input = [...begin, ...tables].join('\n');
    const made = spawnSync(PROGRAM, this.#arguments('--bootstrap'), { input, encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`mariadbd --bootstrap: ${made.stderr}`);
    const grants = databases.map((name) =>
      `CREATE DATABASE ${name};\nGRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, DROP ON ${name}.* TO masterkey2@localhost;`);
    const script = path.join(this.#folder, 'databases.sql');
    fs.writeFileSync(script, ['CREATE USER masterkey2@localhost;', ...grants].join('\n'));
    await this.start(`--init-file=${script}`);
  }

  async start(...more) {
    this.#process = start('mariadbd', PROGRAM, this.#arguments(`--socket=${this.#socket}`, ...more));
    const answers = () => new Promise((resolve) => {
      const connection = net.connect(this.#socket).once('data', () => resolve(true)).once('error', () => resolve(false));
      connection.once('data', () => connection.destroy());
    });
    await until('database', answers, [this.#process], 60_000);
  }

  /** For the configuration of a server. */
  storage(database) {
    return `{plugin: mysql, options: {socket: ${this.#socket}, database: ${database}, user: masterkey2}}`;
  }

  /** As a power cut would, but for what the kernel has in memory. */
  async kill() {
    this.#process.child.kill('SIGKILL');
    await this.#process.ended;
  }

  async stop() {
    if (this.#process) await this.kill();
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  #arguments(...more) {
    return [
      '--no-defaults', `--user=${os.userInfo().username}`, `--datadir=${this.dataFolder}`, `--tmpdir=${this.#folder}`,
      '--innodb-log-file-size=16M', '--innodb-data-file-path=ibdata1:8M:autoextend', '--innodb-buffer-pool-size=64M',
      '--skip-networking', '--skip-log-bin', '--debug-no-sync', '--innodb-flush-method=nosync', '--max-connections=200', ...more,
    ];
  }
}
