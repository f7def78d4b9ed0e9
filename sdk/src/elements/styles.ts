/** Of all elements; `src/qr/styles.ts` has what a QR code needs besides. */
export const CSS = `
:host {
  display: block;
  --_accent: var(--mk2-accent, #1d4ed8);
  --_on-accent: var(--mk2-on-accent, #fff);
  --_error: var(--mk2-error, #b91c1c);
  --_focus: var(--mk2-focus, #1d4ed8);
  --_warn-bg: var(--mk2-warn-bg, #fef3c7);
  --_warn-fg: var(--mk2-warn-fg, #78350f);
  --_warn-border: var(--mk2-warn-border, #d97706);
  --_muted: var(--mk2-muted, #475569);
  --_border: var(--mk2-border, #cbd5e1);
  --_field: var(--mk2-border, #64748b);
  --_radius: var(--mk2-radius, 10px);
  --_gap: var(--mk2-gap, 10px);
  font: var(--mk2-font, 1rem/1.5 system-ui, sans-serif);
  color: var(--mk2-fg, inherit);
  background: var(--mk2-bg, none);
}
@supports (color: light-dark(#000, #fff)) {
  :host {
    --_accent: var(--mk2-accent, light-dark(#1d4ed8, #93b4ff));
    --_on-accent: var(--mk2-on-accent, light-dark(#fff, #0b1530));
    --_error: var(--mk2-error, light-dark(#b91c1c, #fca5a5));
    --_muted: var(--mk2-muted, light-dark(#475569, #b6c2d2));
    --_border: var(--mk2-border, light-dark(#cbd5e1, #475569));
    --_field: var(--mk2-border, light-dark(#64748b, #94a3b8));
    --_focus: var(--mk2-focus, light-dark(#1d4ed8, #bfd2ff));
    --_warn-bg: var(--mk2-warn-bg, light-dark(#fef3c7, #3b2708));
    --_warn-fg: var(--mk2-warn-fg, light-dark(#78350f, #fde68a));
    --_warn-border: var(--mk2-warn-border, light-dark(#d97706, #b45309));
  }
}
:host([hidden]), [hidden] { display: none !important; }
.container { display: flow-root; }
button {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  gap: 0.625em;
  box-sizing: border-box;
  inline-size: 100%;
  min-block-size: var(--mk2-height, 48px);
  padding: 0.5em 1.25em;
  border: 1px solid transparent;
  border-radius: var(--_radius);
  background: var(--_accent);
  color: var(--_on-accent);
  font: inherit;
  font-weight: 600;
  text-align: center;
  cursor: pointer;
  touch-action: manipulation;
  -webkit-tap-highlight-color: transparent;
}
button:hover { filter: brightness(1.08); }
button:active { filter: brightness(0.95); }
button:focus-visible { outline: 3px solid var(--_focus); outline-offset: 2px; }
button[aria-disabled='true'] { cursor: default; filter: saturate(0.7); }
.second, .plain {
  margin-block-start: var(--_gap);
  border-color: var(--_field);
  background: var(--mk2-bg, transparent);
  color: inherit;
}
.plain { border-color: transparent; font-weight: 400; text-decoration: underline; }
.icon { display: inline-flex; }
svg {
  flex: none;
  inline-size: 1.5em;
  block-size: 1.5em;
  fill: none;
  stroke: currentColor;
  stroke-width: 1.75;
  stroke-linecap: round;
  stroke-linejoin: round;
}
.spinner {
  flex: none;
  box-sizing: border-box;
  inline-size: 1.25em;
  block-size: 1.25em;
  border: 2px solid currentColor;
  border-block-start-color: transparent;
  border-radius: 50%;
  animation: turn 0.9s linear infinite;
}
@keyframes turn { to { rotate: 1turn; } }
p { margin: 0; overflow-wrap: anywhere; }
/* Live regions stay in the accessibility tree while they are empty. */
.note { font-size: 0.9375em; text-align: center; }
.note:not(:empty) { margin-block-start: var(--_gap); }
.error { color: var(--_error); }
.panel {
  display: flex;
  gap: 0.75em;
  padding: 0.875em 1em;
  border: 1px solid var(--_warn-border);
  border-radius: var(--_radius);
  background: var(--_warn-bg);
  color: var(--_warn-fg);
}
.panel:focus { outline: none; }
.panel:focus-visible { outline: 3px solid var(--_focus); outline-offset: 2px; }
.panel-body { display: grid; gap: 0.25em; min-inline-size: 0; }
.panel-title { font-weight: 600; }
.panel-owner { font-size: 0.875em; }
@media (prefers-reduced-motion: reduce) { .spinner { animation-duration: 4s; } }
@media (forced-colors: active) {
  button { border-color: ButtonText; background: ButtonFace; color: ButtonText; }
  .error { color: CanvasText; }
  .panel { border-color: CanvasText; background: Canvas; color: CanvasText; }
  button[aria-disabled='true'] { border-color: GrayText; color: GrayText; }
  .spinner { border-block-start-color: Canvas; }
}
`;
