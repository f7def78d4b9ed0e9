import type { Messages } from '../en.js';
/** Texts in Italian. */
declare const messages: Messages;
export default messages;
