/** Two buttons of one look: no answer is the easier one. */
export const styles = `
:root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 28rem; margin: 0 auto; padding: 1.5rem; }
main > * { display: block; margin: 0 0 1.25rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; outline: none; }
dl { border: 1px solid; border-radius: .5rem; padding: .75rem 1rem; }
dt { font-size: .875rem; opacity: .8; }
dd { margin: 0 0 .5rem; }
bdi { display: block; font-weight: 600; }
bdi + bdi { font-family: ui-monospace, monospace; font-weight: 400; }
strong { font-weight: 600; border-inline-start: .25rem solid #b45309; padding-inline-start: .75rem; }
div { display: grid; gap: .75rem; }
button { font: inherit; min-height: 3.25rem; padding: .5rem 1rem; border: 2px solid; border-radius: .5rem;
  background: Canvas; color: CanvasText; cursor: pointer; }
button:focus-visible { outline: 3px solid #2563eb; outline-offset: 2px; }
output { font: 700 2.75rem/1.2 ui-monospace, monospace; text-align: center; direction: ltr; }
output span { margin: 0 .2em; }
`;
