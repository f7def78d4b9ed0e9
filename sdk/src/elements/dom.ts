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

/** An icon of 24 × 24 units drawn with strokes, hidden from assistive technology. */
export function icon(...paths: string[]): SVGSVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('focusable', 'false');
  for (const d of paths) {
    const path = document.createElementNS(namespace, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}

/** A person with a key. */
export const PASSKEY_ICON = [
  'M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z',
  'M13 14.6A9 9 0 0 0 9 13.8c-3.6 0-6 2-6 5.2V20h9.5',
  'M18 14.5a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5Z',
  'M18 14.5V21m0-2.5h2',
];

/** A triangle with an exclamation mark. */
export const WARNING_ICON = ['M12 4 2.5 20h19Z', 'M12 10v4.5', 'M12 17.3v.1'];
