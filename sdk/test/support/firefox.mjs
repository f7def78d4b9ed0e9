// Firefox as Debian has it, with a passkey device of its own: WebDriver BiDi, and in the browser's own scope
// (--remote-allow-system-access) its WebAuthn service, which takes virtual devices.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import puppeteer from 'puppeteer-core';

const SERVICE = 'Cc["@mozilla.org/webauthn/service;1"].getService(Ci.nsIWebAuthnService)';

const PATIENCE_MS = 30_000;

/** In the page: the middle of the first element that `selector` finds and `text` is in, shadow trees and all. */
const FIND = (selector, text) => {
  const trees = [document];
  for (const tree of trees) {
    for (const element of tree.querySelectorAll('*')) if (element.shadowRoot) trees.push(element.shadowRoot);
  }
  const found = trees.flatMap((tree) => [...tree.querySelectorAll(selector)])
    .find((element) => element.checkVisibility() && element.textContent.includes(text));
  if (!found) return undefined;
  found.scrollIntoView({ block: 'center' });
  const { x, y, width, height } = found.getBoundingClientRect();
  return { x: x + width / 2, y: y + height / 2 };
};

/** What somebody does at a page. The driver's own locators do not get through a strict policy. */
function handsOf(page) {
  const find = async (selector, text = '') => {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const place = await page.evaluate(FIND, selector, text).catch(() => undefined);
      if (place) return place;
      if (Date.now() > deadline) {
        const shown = await page.evaluate(() => document.body.innerText);
        throw new Error(`no ${selector} with “${text}” at ${page.url()}: ${shown}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const press = async (selector, text) => {
    const { x, y } = await find(selector, text);
    await page.mouse.click(x, y);
  };
  return {
    see: find,
    press: (text) => press('button', text),
    type: async (selector, text) => {
      await press(selector);
      await page.keyboard.type(text);
    },
  };
}

/** { openPage, addDevice, close }. */
export async function launchFirefox() {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'mk2-firefox-'));
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
    headless: true,
    userDataDir: profile,
    defaultViewport: null,
    args: ['--remote-allow-system-access'],
    extraPrefsFirefox: {
      'security.webauth.webauthn_enable_softtoken': true,
      'security.webauth.webauthn_enable_usbtoken': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
      // No name leads anywhere else.
      'network.dns.forceResolve': '127.0.0.1',
    },
  });
  const send = async (method, parameters) => (await browser.connection.send(method, parameters)).result;
  /** Runs an expression with the browser's own rights. */
  const inBrowser = async (expression) => {
    const { contexts } = await send('browsingContext.getTree', { 'moz:scope': 'chrome' });
    const answer = await send('script.evaluate', {
      expression: `(async () => JSON.stringify((await (${expression})) ?? null))()`,
      target: { context: contexts[0].context },
      awaitPromise: true,
    });
    if (answer.type !== 'success') throw new Error(answer.exceptionDetails?.text);
    return JSON.parse(answer.result.value);
  };
  return {
    /** Of somebody whom no site knows yet. `problems`: what the page's scripts have thrown. */
    openPage: async () => {
      const page = await (await browser.createBrowserContext()).newPage();
      const problems = [];
      page.on('pageerror', (error) => problems.push(String(error)));
      return { page, problems, ...handsOf(page) };
    },
    /** One passkey for each RP ID: of two, Firefox asks in a dialogue that nobody answers. `consents`: false: says no. */
    addDevice: async ({ consents = true } = {}) => {
      const id = JSON.stringify(await inBrowser(`${SERVICE}.addVirtualAuthenticator("ctap2_1", "internal", true, true, ${consents}, true)`));
      return {
        credentials: () => inBrowser(`${SERVICE}.getCredentials(${id}).map(({ rpId, userHandle }) => ({ rpId, userHandle }))`),
        remove: () => inBrowser(`${SERVICE}.removeVirtualAuthenticator(${id})`),
      };
    },
    close: async () => {
      await browser.close();
      fs.rmSync(profile, { recursive: true, force: true });
    },
  };
}
