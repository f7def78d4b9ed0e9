import type { ErrorCode } from '../error_codes.js';
/** The sentence for the visitor. */
export declare function errorText(code: ErrorCode, language?: string): string;
