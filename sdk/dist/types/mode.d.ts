import type { ErrorCode } from './error_codes.js';
import type { Probe } from './probe.js';
export type Mode = {
    mode: 'button';
} | {
    mode: 'insecure' | 'not_supported' | 'configuration';
    code: ErrorCode;
    reason?: string;
    /** Attribute that the reason is about. */
    name?: string;
};
/** Which view an element shows. The first rule that matches decides. */
export declare function chooseMode(probe: Probe): Mode;
