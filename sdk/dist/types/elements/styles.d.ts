/** A constructed sheet, shared by all elements: style-src 'self' has nothing to refuse. */
export declare function adoptStyles(root: ShadowRoot): void;
