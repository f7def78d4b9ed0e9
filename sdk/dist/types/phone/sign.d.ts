import { type AuthenticationJSON } from '../credential_json.js';
/** Why the browser did not sign. */
export type Obstacle = 'not_supported' | 'no_related_origins' | 'not_listed' | 'cancelled' | 'failed';
export declare class Unsigned extends Error {
    readonly obstacle: Obstacle;
    constructor(obstacle: Obstacle);
}
/**
 * What this browser is known to lack for signing with `rpId` here; undefined where nothing is. One
 * that does not say what it can is tried.
 */
export declare function knownObstacle(rpId: string, host: string): Promise<Obstacle | undefined>;
/** Lets the browser ask for a passkey. Rejects with Unsigned. */
export declare function sign(publicKey: unknown): Promise<AuthenticationJSON>;
