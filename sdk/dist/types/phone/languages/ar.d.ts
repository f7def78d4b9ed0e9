import type { PhoneMessages } from '../texts.js';
/** Texts of the phone's page in Arabic. */
declare const messages: PhoneMessages;
export default messages;
