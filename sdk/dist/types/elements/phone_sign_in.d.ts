import type { AuthenticationResult } from '../authenticate.js';
import type { Client } from '../client.js';
import { MasterKey2Error } from '../errors.js';
import type { Action, State } from '../machine.js';
import type { Phone } from '../qr/arrange.js';
/** The element that shows it; some of this it keeps from its page. */
export interface PhoneHost {
    readonly state: State['name'];
    readonly qrPollInterval: number;
    readonly qrExpirationTime: number;
    dispatch(action: Action): void;
    render(): void;
    succeed(result: AuthenticationResult): void;
    failPhone(error: MasterKey2Error): void;
}
/** Text → rows of modules. */
export type Encode = (text: string) => boolean[][];
/** The sign-in on a phone of one element: its code, its clock, its way through the states. */
export declare class PhoneSignIn implements Phone {
    #private;
    rows: boolean[][] | undefined;
    constructor(host: PhoneHost);
    get running(): boolean;
    /** Seconds until the code expires. */
    get secondsLeft(): number;
    /** `asked`: by the visitor, so that the code may be renewed again. */
    start(client: Client, token: string, asked: boolean, encode: Encode): void;
    stop(): void;
    confirm(typed: string): Promise<void>;
}
