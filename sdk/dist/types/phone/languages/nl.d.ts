import type { PhoneMessages } from '../texts.js';
/** Texts of the phone's page in Dutch. */
declare const messages: PhoneMessages;
export default messages;
