import type { Messages } from '../en.js';
/** Texts in French. */
declare const messages: Messages;
export default messages;
