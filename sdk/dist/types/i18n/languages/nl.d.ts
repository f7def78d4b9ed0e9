import type { Messages } from '../en.js';
/** Texts in Dutch. */
declare const messages: Messages;
export default messages;
