/** Whether a page on `hostname` may use `rpId`: the host itself or a parent domain of it. */
export declare function rpIdFits(rpId: string, hostname: string): boolean;
