import type { Messages } from '../en.js';
/** Texts in Simplified Chinese. */
declare const messages: Messages;
export default messages;
