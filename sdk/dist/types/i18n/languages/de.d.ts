import type { Messages } from '../en.js';
/** Texts in German. */
declare const messages: Messages;
export default messages;
