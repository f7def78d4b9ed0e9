import type { PhoneMessages } from '../texts.js';
/** Texts of the phone's page in French. */
declare const messages: PhoneMessages;
export default messages;
