/** Text, a flag, or a positive number that is this one unless the attribute says otherwise. */
type Kind = typeof String | typeof Boolean | number;
/** Defines properties that are attributes: `formField` is `form-field`. */
export declare function reflect(prototype: HTMLElement, properties: Readonly<Record<string, Kind>>): void;
export {};
