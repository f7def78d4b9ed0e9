// WebKitGTK by its own driver, under a display of its own: W3C WebDriver over HTTP, nothing else.
import { spawn } from 'node:child_process';
import fs from 'node:fs';

const BROWSER = process.env.MINIBROWSER ?? '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';

/** A session: { go, run, close }; `run` is the body of a function in the page. */
export async function openWebKit() {
  const processes = [];
  const begin = (command, args, options) => {
    const child = spawn(command, args, options);
    processes.push(child);
    return child;
  };
  const end = () => Promise.all(processes.reverse().map((child) => new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', resolve);
    child.kill();
  })));
  try {
    // Xvfb chooses a display that is free and writes its number to the descriptor 3.
    const display = begin('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const number = await firstLine(display.stdio[3]);
    const port = await freePort();
    begin('WebKitWebDriver', ['--host=127.0.0.1', `--port=${port}`], {
      stdio: 'ignore',
      env: { ...process.env, DISPLAY: `:${number}`, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', LIBGL_ALWAYS_SOFTWARE: '1', NO_AT_BRIDGE: '1' },
    });
    const call = async (method, path, body) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
      const { value } = await response.json();
      if (value?.error) throw new Error(`${value.error}: ${value.message}`);
      return value;
    };
    await until(() => call('GET', '/status'));
    const options = { binary: BROWSER, args: ['--automation'] };
    const { sessionId } = await call('POST', '/session', { capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } } });
    const at = `/session/${sessionId}`;
    return {
      go: (url) => call('POST', `${at}/url`, { url }),
      run: (script) => call('POST', `${at}/execute/sync`, { script, args: [] }),
      screenshot: async (file) => fs.writeFileSync(file, await call('GET', `${at}/screenshot`), 'base64'),
      close: async () => {
        await call('DELETE', at).catch(() => undefined);
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

function firstLine(stream) {
  return new Promise((resolve, reject) => {
    stream.once('data', (bytes) => resolve(String(bytes).trim()));
    stream.once('close', () => reject(new Error('no display')));
  });
}

async function freePort() {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Asks until `check` answers something true. */
export async function until(check, limit = 20_000) {
  const deadline = Date.now() + limit;
  for (;;) {
    const value = await Promise.resolve().then(check).catch(() => undefined);
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not in time: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
