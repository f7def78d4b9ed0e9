import { PhoneApi } from './api.js';
import type { View } from './view.js';
/** What happens on the page. Nothing does before a press. */
export declare class PhonePage {
    private readonly api;
    private readonly view;
    private id;
    private shown;
    constructor(api: PhoneApi, view: View);
    /** `id`: what stands behind `#`. */
    open(id: string): Promise<void>;
    private claim;
    private sign;
    private deny;
    private stop;
    /** Says what went wrong, whatever it was. */
    private guarded;
}
