import type { Messages } from '../en.js';
/** Texts in Polish. */
declare const messages: Messages;
export default messages;
