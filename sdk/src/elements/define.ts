import {
  MasterKey2Authenticate,
  MasterKey2PasskeyButton,
  MasterKey2Qr,
} from './authenticate.js';
import { MasterKey2Register } from './register.js';

/** Defines the elements; nothing happens without a DOM, or when another copy was first. */
export function defineElements(): void {
  const registry = globalThis.customElements;
  if (!registry) return;
  for (const [name, element] of [
    ['masterkey2-authenticate', MasterKey2Authenticate],
    ['masterkey2-register', MasterKey2Register],
    ['masterkey2-passkey-button', MasterKey2PasskeyButton],
    ['masterkey2-qr', MasterKey2Qr],
  ] as const) {
    if (!registry.get(name)) registry.define(name, element);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'masterkey2-authenticate': MasterKey2Authenticate;
    'masterkey2-register': MasterKey2Register;
    'masterkey2-passkey-button': MasterKey2PasskeyButton;
    'masterkey2-qr': MasterKey2Qr;
  }
}
