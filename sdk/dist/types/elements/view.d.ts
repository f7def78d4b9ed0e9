/** What is to be seen. Empty texts take no room. */
export interface ViewModel {
    label: string;
    busy: boolean;
    disabled: boolean;
    /** Progress and quiet notes. */
    status: string;
    error: string;
    /** Takes the place of the button. */
    panel: {
        title: string;
        text: string;
        owner: string;
    } | undefined;
}
/** Builds the shadow tree once and returns the function that brings it up to date. */
export declare function createView(root: ShadowRoot, onPress: () => void): (model: ViewModel) => void;
