const sheets = new Map<string, CSSStyleSheet>();

/** Constructed sheets, shared by all elements: style-src 'self' has nothing to refuse. */
export function adoptSheet(root: ShadowRoot, css: string): void {
  try {
    let sheet = sheets.get(css);
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      sheets.set(css, sheet);
    }
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  } catch {
    // Safari before 16.4 cannot construct sheets: plain controls that work.
  }
}
