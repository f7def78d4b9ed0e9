import type { Messages } from '../en.js';
/** Texts in Swedish. */
declare const messages: Messages;
export default messages;
