import type { QrActions, QrModel } from '../qr/view.js';
/** What is to be seen. Empty texts take no room. */
export interface ViewModel {
    label: string;
    busy: boolean;
    disabled: boolean;
    /** Progress and quiet notes. */
    status: string;
    error: string;
    /** Takes the place of everything else. */
    panel: {
        title: string;
        text: string;
        owner: string;
    } | undefined;
    /** Where the button stands: above the QR code, beneath it as the other way, or nowhere. */
    button: 'first' | 'second' | 'none';
    /** The switch that shows the QR code and hides it. */
    alternative: {
        label: string;
        expanded: boolean;
    } | undefined;
    qr: QrModel | undefined;
}
export interface ViewActions extends QrActions {
    press(): void;
    toggle(): void;
}
/** Builds the shadow tree once and returns the function that brings it up to date. */
export declare function createView(root: ShadowRoot, actions: Pick<ViewActions, 'press'> & Partial<ViewActions>): (model: ViewModel) => void;
