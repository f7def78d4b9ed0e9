/** What a QR code needs besides the style of all elements. */
export const QR_CSS = `
.qr { display: grid; justify-items: center; gap: var(--_gap); text-align: center; outline: none; }
.qr:not(:first-child) { margin-block-start: var(--_gap); }
.qr:focus-visible { outline: 3px solid var(--_focus); outline-offset: 2px; }
.box {
  display: grid;
  place-items: center;
  box-sizing: border-box;
  inline-size: min(100%, var(--mk2-qr-size, 15rem));
  aspect-ratio: 1;
  padding: 0.25rem;
  border: 1px solid var(--_border);
  border-radius: var(--_radius);
}
.box:has(.code:not([hidden])) { background: var(--mk2-qr-bg, #fff); }
.code {
  inline-size: 100%;
  block-size: auto;
  forced-color-adjust: none;
  background: var(--mk2-qr-bg, #fff);
  fill: var(--mk2-qr-fg, #000);
  stroke: none;
  shape-rendering: crispEdges;
}
.box .main { inline-size: auto; margin-inline: 1em; }
.time { color: var(--_muted); font-size: 0.875em; font-variant-numeric: tabular-nums; }
.qr p:empty { display: none; }
.form { display: grid; gap: 0.5em; inline-size: min(100%, 18rem); }
.form label { font-weight: 600; }
.form input {
  box-sizing: border-box;
  inline-size: 100%;
  min-block-size: var(--mk2-height, 48px);
  padding: 0.25em 0.5em;
  border: 1px solid var(--_field);
  border-radius: var(--_radius);
  background: var(--mk2-bg, Field);
  color: var(--mk2-fg, FieldText);
  font: inherit;
  font-size: 1.5em;
  font-variant-numeric: tabular-nums;
  letter-spacing: 0.15em;
  text-align: center;
}
.form input:focus-visible { outline: 3px solid var(--_focus); outline-offset: 2px; }
.form input[aria-invalid='true'] { border-color: var(--_error); }
`;
