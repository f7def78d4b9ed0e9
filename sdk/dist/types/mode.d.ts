import type { ErrorCode } from './error_codes.js';
import type { Probe } from './probe.js';
export type Mode = 
/** The passkey button; the QR code behind a switch, in full view beneath it, or not at all. */
{
    mode: 'button';
    qr: 'none' | 'switch' | 'shown';
}
/** The QR code; with `passkey` the button is beneath it. */
 | {
    mode: 'qr';
    passkey: boolean;
} | {
    mode: 'insecure' | 'not_supported' | 'configuration';
    code: ErrorCode;
    reason?: string;
    /** Attribute that the reason is about. */
    name?: string;
};
/** Which view an element shows. The first rule that matches decides. */
export declare function chooseMode(probe: Probe): Mode;
