import type { BegunCeremony } from './client.js';
/** What begin answered, ready for the browser's dialogue. */
export interface Prepared<Options> {
    token: string;
    ceremony: string;
    publicKey: Options;
    /** Date.now() until which it may be offered: that clock goes on while the device sleeps. */
    freshUntil: number;
}
export type Phase = 'preparing' | 'prompting' | 'verifying';
export declare function isFresh(prepared: Prepared<unknown>): boolean;
export declare function prepare<Options>(token: string, begun: BegunCeremony, convert: (json: unknown) => Options): Prepared<Options>;
/** Throws configuration_error unless this page can use `rpId`, as far as that is known before. */
export declare function demandRpId(rpId: string | undefined): Promise<void>;
