/** Elements are built node by node: no markup is ever parsed, so Trusted Types have nothing to say. */
export declare function node<K extends keyof HTMLElementTagNameMap>(tag: K, attributes?: Readonly<Record<string, string>>, ...children: (Node | string)[]): HTMLElementTagNameMap[K];
/** An icon of 24 × 24 units drawn with strokes, hidden from assistive technology. */
export declare function icon(...paths: string[]): SVGSVGElement;
/** A person and a key. */
export declare const PASSKEY_ICON: string[];
/** A triangle with an exclamation mark. */
export declare const WARNING_ICON: string[];
