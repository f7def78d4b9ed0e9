import type { PhoneMessages } from '../texts.js';
/** Texts of the phone's page in Spanish. */
declare const messages: PhoneMessages;
export default messages;
