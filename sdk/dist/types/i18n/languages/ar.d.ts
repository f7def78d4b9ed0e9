import type { Messages } from '../en.js';
/** Texts in Arabic. */
declare const messages: Messages;
export default messages;
