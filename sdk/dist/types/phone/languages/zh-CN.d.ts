import type { PhoneMessages } from '../texts.js';
/** Texts of the phone's page in Simplified Chinese. */
declare const messages: PhoneMessages;
export default messages;
