import type { Shown } from './api.js';
import { styles } from './styles.js';
import type { PhoneKey, Texts } from './texts.js';

type Press = () => void | Promise<void>;
type Values = Readonly<Record<string, string>>;

/** Draws the page, one screen at a time, from text alone. */
export class View {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly root: Element,
    private readonly texts: Texts,
  ) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    document.adoptedStyleSheets = [sheet];
    document.documentElement.dir = texts.language === 'ar' ? 'rtl' : 'ltr';
  }

  busy(key: PhoneKey): void {
    const line = paragraph(this.texts.text(key));
    line.setAttribute('role', 'status');
    this.root.replaceChildren(element('h1', this.texts.text('title')), line);
  }

  ask(shown: Shown, press: { go: Press; no: Press }): void {
    const { name, rp_id, browser, system, age } = shown;
    const computer = this.texts.text('browser_on_system', {
      browser: browser === 'unknown' ? this.texts.text('unknown_browser') : browser,
      system: system === 'unknown' ? this.texts.text('unknown_system') : system,
    });
    const facts = document.createElement('dl');
    facts.append(
      ...this.fact('site', name, rp_id),
      ...this.fact('computer', computer),
      ...this.fact('age', this.texts.text('seconds', { seconds: String(age) })),
    );
    this.screen('title', facts, warning(this.texts.text('warning', { rp_id })), this.buttons(press));
  }

  again(key: PhoneKey, press: { go: Press; no: Press }): void {
    this.screen('again_title', alertLine(this.texts.text(key)), this.buttons(press));
  }

  code(code: string, rpId: string, press: { no: Press }): void {
    const digits = document.createElement('output');
    // Read out digit by digit; shown in two groups.
    digits.setAttribute('aria-label', [...code].join(' '));
    for (const half of [code.slice(0, 3), code.slice(3)]) digits.append(element('span', half));
    this.screen('code_title', digits, warning(this.texts.text('type_it', { rp_id: rpId })), this.buttons(press));
  }

  /** The end. `owner`: what the people who run the site have to mend. */
  over(key: PhoneKey, values: Values = {}, owner?: PhoneKey): void {
    clearTimeout(this.timer);
    this.screen(
      'over_title',
      alertLine(this.texts.text(key, values)),
      ...(owner ? [element('small', this.texts.text(owner, values))] : []),
    );
  }

  /** Calls `end` after so many seconds, unless another countdown or the end comes first. */
  countDown(seconds: number, end: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(end, seconds * 1_000);
  }

  private screen(title: PhoneKey, ...parts: Element[]): void {
    const heading = element('h1', this.texts.text(title));
    heading.tabIndex = -1;
    document.title = heading.textContent ?? '';
    this.root.replaceChildren(heading, ...parts);
    heading.focus();
  }

  private fact(key: PhoneKey, ...lines: string[]): Element[] {
    const value = document.createElement('dd');
    // A name from elsewhere cannot turn the text around it.
    for (const line of lines) value.append(element('bdi', line));
    return [element('dt', this.texts.text(key)), value];
  }

  private buttons(press: { go?: Press; no: Press }): Element {
    const group = document.createElement('div');
    for (const [key, act] of Object.entries(press) as ['go' | 'no', Press][]) {
      const button = element('button', this.texts.text(key)) as HTMLButtonElement;
      button.type = 'button';
      button.addEventListener('click', () => void act(), { once: true });
      group.append(button);
    }
    return group;
  }
}

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

const paragraph = (text: string): HTMLElement => element('p', text);
const warning = (text: string): HTMLElement => element('strong', text);

function alertLine(text: string): HTMLElement {
  const line = paragraph(text);
  line.setAttribute('role', 'alert');
  return line;
}
