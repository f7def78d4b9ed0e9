/** The whole SDK; loading it in a browser defines the elements. */
import { defineElements } from './elements/define.js';
export * from './core.js';
export { default } from './core.js';
export { MasterKey2Authenticate, MasterKey2PasskeyButton, MasterKey2Qr, } from './elements/authenticate.js';
export { MasterKey2Register } from './elements/register.js';
export { defineElements };
