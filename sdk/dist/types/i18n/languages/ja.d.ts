import type { Messages } from '../en.js';
/** Texts in Japanese. */
declare const messages: Messages;
export default messages;
