/** Constructed sheets, shared by all elements: style-src 'self' has nothing to refuse. */
export declare function adoptSheet(root: ShadowRoot, css: string): void;
