import { node, setText, vector } from '../elements/dom.js';
import { adoptSheet } from '../elements/sheet.js';
import { QR_CSS } from './styles.js';

/** What is to be seen of a sign-in on another device. Empty texts take no room. */
export interface QrModel {
  create: typeof createQrView;
  /** Modules of the code; undefined while there is none to scan. */
  rows: boolean[][] | undefined;
  /** Name of the picture. */
  name: string;
  caption: string;
  time: string;
  /** Label of the button for a new code. */
  refresh: string;
  /** A code, or the phone, is waited for. */
  waiting: boolean;
  /** The phone's code is typed here. */
  form: { label: string; submit: string; busy: boolean; invalid: boolean } | undefined;
}

export interface QrActions {
  refresh(): void;
  submit(code: string): void;
}

/** Modules of white around the code (ISO/IEC 18004 §5.3.8). */
const QUIET_ZONE = 4;

export function createQrView(root: ShadowRoot, actions: Partial<QrActions>) {
  adoptSheet(root, QR_CSS);
  const path = vector('path');
  const image = vector('svg', { part: 'qr-image', class: 'code', role: 'img' });
  image.append(path);
  const spinner = node('span', { part: 'spinner', class: 'spinner' });
  const refresh = node('button', { part: 'refresh', type: 'button', class: 'main' });
  const box = node('div', { class: 'box' }, image, spinner, refresh);
  const caption = node('p', { part: 'qr-caption' });
  const time = node('p', { part: 'qr-time', class: 'time' });
  const label = node('label', { part: 'code-label', for: 'code' });
  const input = node('input', {
    part: 'code-input',
    id: 'code',
    inputmode: 'numeric',
    autocomplete: 'off',
    maxlength: '12',
    dir: 'ltr',
    'aria-describedby': 'status error',
  });
  const submit = node('button', { part: 'code-submit', class: 'main' });
  const form = node('form', { part: 'code-form', class: 'form' }, label, input, submit);
  const section = node(
    'div',
    { part: 'qr', class: 'qr', tabindex: '-1' },
    box,
    form,
    caption,
    node('slot', { name: 'qr-help' }),
    time,
  );
  refresh.addEventListener('click', () => actions.refresh?.());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    actions.submit?.(input.value);
  });
  let drawn: boolean[][] | undefined;

  function update(model: QrModel): void {
    const asked = !form.hidden;
    const focused = root.activeElement;
    const { rows } = model;
    if (rows && rows !== drawn) {
      const size = rows.length + 2 * QUIET_ZONE;
      image.setAttribute('viewBox', `-${QUIET_ZONE} -${QUIET_ZONE} ${size} ${size}`);
      path.setAttribute('d', outline(rows));
      drawn = rows;
    }
    image.setAttribute('aria-label', model.name);
    image.toggleAttribute('hidden', !rows);
    spinner.hidden = !model.waiting;
    setText(refresh, model.refresh);
    refresh.hidden = !model.refresh;
    box.hidden = model.form !== undefined;
    setText(caption, model.caption);
    setText(time, model.time);
    form.hidden = !model.form;
    if (model.form) {
      setText(label, model.form.label);
      setText(submit, model.form.submit);
      submit.setAttribute('aria-disabled', String(model.form.busy));
      input.setAttribute('aria-invalid', String(model.form.invalid));
      // The visitor looks at the phone: what comes next is to be typed, unless they type elsewhere.
      const elsewhere = document.activeElement !== document.body && !root.activeElement;
      if (!asked && !elsewhere) input.focus();
      if (model.form.invalid) input.select();
    } else {
      input.value = '';
    }
    // What has just gone must not take the place in the page with it.
    if (focused?.closest('[hidden]')) section.focus();
  }
  form.hidden = true;
  return { section, update };
}

/** One rectangle for each run of dark modules. */
function outline(rows: boolean[][]): string {
  return rows
    .map((row, y) =>
      [...row.map(Number).join('').matchAll(/1+/g)]
        .map((run) => `M${run.index} ${y}h${run[0].length}v1h-${run[0].length}z`)
        .join(''),
    )
    .join('');
}
