import type { Messages } from '../en.js';
/** Texts in Brazilian Portuguese. */
declare const messages: Messages;
export default messages;
