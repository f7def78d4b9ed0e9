// HTML from templates: every value is escaped unless it is HTML already.

class Html {
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
}

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Use as html`<p>${text}</p>`; put attribute values in double quotes. */
export function html(strings, ...values) {
  return new Html(strings.reduce((text, part, i) => text + escape(values[i - 1]) + part));
}

function escape(value) {
  if (value instanceof Html) return value.text;
  return String(value ?? '').replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
