/** Importing the elements where there is no DOM must not throw. */
export declare const HTMLElementBase: {
    new (): HTMLElement;
    prototype: HTMLElement;
};
/** Elements are built node by node: no markup is ever parsed, so Trusted Types have nothing to say. */
export declare function node<K extends keyof HTMLElementTagNameMap>(tag: K, attributes?: Readonly<Record<string, string>>, ...children: (Node | string)[]): HTMLElementTagNameMap[K];
export declare function vector(tag: 'svg' | 'path', attributes?: Readonly<Record<string, string>>): SVGElement;
/** An icon of 24 × 24 units drawn with strokes, hidden from assistive technology. */
export declare function icon(...paths: string[]): SVGElement;
/** Live regions speak on every change, so an equal text is not written again. */
export declare function setText(element: HTMLElement, text: string): void;
/** A person and a key. */
export declare const PASSKEY_ICON: string[];
/** A triangle with an exclamation mark. */
export declare const WARNING_ICON: string[];
