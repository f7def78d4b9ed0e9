/** What is to be seen of a sign-in on another device. Empty texts take no room. */
export interface QrModel {
    create: typeof createQrView;
    /** Modules of the code; undefined while there is none to scan. */
    rows: boolean[][] | undefined;
    /** Name of the picture. */
    name: string;
    caption: string;
    time: string;
    /** Label of the button for a new code. */
    refresh: string;
    /** A code, or the phone, is waited for. */
    waiting: boolean;
    /** The phone's code is typed here. */
    form: {
        label: string;
        submit: string;
        busy: boolean;
        invalid: boolean;
    } | undefined;
}
export interface QrActions {
    refresh(): void;
    submit(code: string): void;
}
export declare function createQrView(root: ShadowRoot, actions: Partial<QrActions>): {
    section: HTMLDivElement;
    update: (model: QrModel) => void;
};
