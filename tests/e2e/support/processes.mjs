// Processes that a test starts and ends by their ids.
import { spawn } from 'node:child_process';
import net from 'node:net';

const STOP_MS = 10_000;

/** Starts a program; `output` grows with what it writes to stdout and stderr. */
export function start(name, command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const process = { name, child, output: '', ended: undefined };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (process.output += text));
  }
  process.ended = new Promise((resolve) => {
    child.once('error', (error) => resolve({ error }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return process;
}

/** Asks a process to end, insists after a while. Resolves with { code, signal }. */
export async function stop({ child, ended }) {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  const end = await ended;
  clearTimeout(timer);
  return end;
}

/** Asks `check` until it resolves to something true; fails when a process has ended or time is up. */
export async function until(what, check, processes, limit = 20_000) {
  const deadline = Date.now() + limit;
  for (;;) {
    const value = await check().catch(() => undefined);
    if (value) return value;
    const gone = processes.find(({ child }) => child.exitCode !== null || child.signalCode !== null);
    const output = processes.map((p) => `--- ${p.name}\n${p.output}`).join('\n');
    if (gone) throw new Error(`${gone.name} ended while waiting for ${what}\n${output}`);
    if (Date.now() > deadline) throw new Error(`no ${what} in time\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Ports that were free a moment ago. */
export async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, () => new Promise((resolve, reject) => {
      const server = net.createServer();
      server.once('error', reject).listen(0, '127.0.0.1', () => resolve(server));
    })),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
