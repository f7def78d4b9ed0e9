/** Importing the elements where there is no DOM must not throw. */
export const HTMLElementBase = globalThis.HTMLElement ?? (class {} as unknown as typeof HTMLElement);

/** Elements are built node by node: no markup is ever parsed, so Trusted Types have nothing to say. */
export function node<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function vector(
  tag: 'svg' | 'path',
  attributes: Readonly<Record<string, string>> = {},
): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** An icon of 24 × 24 units drawn with strokes, hidden from assistive technology. */
export function icon(...paths: string[]): SVGElement {
  const svg = vector('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' });
  svg.append(...paths.map((d) => vector('path', { d })));
  return svg;
}

/** Live regions speak on every change, so an equal text is not written again. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A person and a key. */
export const PASSKEY_ICON = [
  'M9 11.2a3.8 3.8 0 1 0 0-7.6 3.8 3.8 0 0 0 0 7.6Z',
  'M11.8 14.7A9.5 9.5 0 0 0 9 14.3c-3.9 0-6.5 2.2-6.5 5.7h9.3',
  'M18 13.6a3.1 3.1 0 1 0 0-6.2 3.1 3.1 0 0 0 0 6.2Zm0 0V21m0-1.2h2.5m-2.5-2.8h1.9',
];

/** A triangle with an exclamation mark. */
export const WARNING_ICON = ['M12 4 2.5 20h19Z', 'M12 10v4.5', 'M12 17.3v.1'];
