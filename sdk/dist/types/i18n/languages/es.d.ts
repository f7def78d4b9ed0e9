import type { Messages } from '../en.js';
/** Texts in Spanish. */
declare const messages: Messages;
export default messages;
