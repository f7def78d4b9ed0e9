// Debian's Chromium under playwright-core, with a virtual authenticator and watched pages.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-default-apps',
  '--disable-extensions',
];

/**
 * Starts Chromium. No name resolves but localhost and what `hosts` lists ({ 'a.test': port }), so
 * that nothing leaves this machine. `args`: further ones of the command line.
 */
export async function launchBrowser({ hosts = {}, args = [] } = {}) {
  const rules = [
    ...Object.entries(hosts).map(([name, port]) => `MAP ${name} 127.0.0.1:${port}`),
    'MAP * ~NOTFOUND',
    'EXCLUDE localhost',
    'EXCLUDE *.localhost',
    'EXCLUDE 127.0.0.1',
  ];
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...FLAGS, ...args, `--host-resolver-rules=${rules.join(', ')}`],
  });
}

/**
 * A page of a fresh profile. `problems` collects what a clean run does not have: console errors,
 * uncaught exceptions, violations of the page's Content-Security-Policy.
 */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`console: ${message.text()}`);
  });
  return { page, context, problems, close: () => context.close() };
}

/** A platform authenticator that says yes; it belongs to the page and survives its navigations. */
export async function addAuthenticator(page, options = {}) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      ...options,
    },
  });
  const send = (method, parameters = {}) =>
    cdp.send(`WebAuthn.${method}`, { authenticatorId, ...parameters });
  return {
    credentials: async () => (await send('getCredentials')).credentials,
    clear: () => send('clearCredentials'),
    add: (credential) => send('addCredential', { credential }),
    verify: (isUserVerified) => send('setUserVerified', { isUserVerified }),
    /** false: nobody touches it, dialogues stay open. */
    present: (enabled) => send('setAutomaticPresenceSimulation', { enabled }),
  };
}

/**
 * From its next navigation on, the page keeps what happens in it: `seen` (events of its elements,
 * from their first moment), `violations` of its policy, `reachedWindow` (what should not get there).
 */
export function watch(page) {
  return page.addInitScript(() => {
    globalThis.seen = [];
    globalThis.violations = [];
    globalThis.reachedWindow = [];
    addEventListener('securitypolicyviolation', (event) => {
      violations.push(`${event.violatedDirective} ${event.blockedURI}`);
    });
    addEventListener('error', (event) => reachedWindow.push(String(event.message ?? event.type)));
    addEventListener('success', () => reachedWindow.push('success'));
    const known = new WeakSet();
    const keep = ({ type, detail: { error, ...rest } }) => {
      seen.push({ type, ...rest, ...(error && { message: error.message }) });
    };
    new MutationObserver(() => {
      const elements = document.querySelectorAll(
        'masterkey2-authenticate, masterkey2-register, masterkey2-qr, masterkey2-passkey-button',
      );
      for (const element of elements) {
        if (known.has(element)) continue;
        known.add(element);
        for (const type of ['success', 'error', 'mk2-state']) element.addEventListener(type, keep);
      }
    }).observe(document, { childList: true, subtree: true });
  });
}

/** Waits for the next event of `type` of a watched page, and takes it out. */
export async function nextEvent(page, type) {
  const handle = await page.waitForFunction((wanted) => {
    const at = globalThis.seen?.findIndex((event) => event.type === wanted) ?? -1;
    return at < 0 ? undefined : globalThis.seen.splice(at, 1)[0];
  }, type);
  return handle.jsonValue();
}

/** Findings of axe-core, WCAG 2.2 AA and best practice; it is run by the driver, not by the page. */
export async function accessibilityFindings(page) {
  const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await globalThis.axe.run(document, { runOnly });
    return violations.map(({ id, nodes }) => `${id} ${JSON.stringify(nodes[0].target)}: ${nodes[0].failureSummary}`);
  });
}

/** Saves a picture into the folder MK2_SCREENSHOTS, when that is set. */
export async function screenshot(page, name) {
  const folder = process.env.MK2_SCREENSHOTS;
  if (folder) await page.screenshot({ path: path.join(folder, `${name}.png`) });
}
