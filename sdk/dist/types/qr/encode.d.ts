/** Rows of modules, true is dark; without the quiet zone. Throws RangeError on longer texts. */
export declare function encodeQr(text: string): boolean[][];
