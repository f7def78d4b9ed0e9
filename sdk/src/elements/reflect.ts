/** Text, a flag, or a positive number that is this one unless the attribute says otherwise. */
type Kind = typeof String | typeof Boolean | number;

/** Defines properties that are attributes: `formField` is `form-field`. */
export function reflect(prototype: HTMLElement, properties: Readonly<Record<string, Kind>>): void {
  for (const [property, kind] of Object.entries(properties)) {
    const attribute = property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    Object.defineProperty(prototype, property, {
      configurable: true,
      enumerable: true,
      get(this: HTMLElement) {
        if (kind === Boolean) return this.hasAttribute(attribute);
        const text = this.getAttribute(attribute) ?? '';
        if (kind === String) return text;
        return Number(text) > 0 ? Number(text) : kind;
      },
      set(this: HTMLElement, value: unknown) {
        if (kind === Boolean) this.toggleAttribute(attribute, Boolean(value));
        else this.setAttribute(attribute, String(value));
      },
    });
  }
}
