import { icon, node, PASSKEY_ICON, setText, WARNING_ICON } from './dom.js';
import type { QrActions, QrModel } from '../qr/view.js';
import { adoptSheet } from './sheet.js';
import { CSS } from './styles.js';

/** What is to be seen. Empty texts take no room. */
export interface ViewModel {
  label: string;
  busy: boolean;
  disabled: boolean;
  /** Progress and quiet notes. */
  status: string;
  error: string;
  /** Takes the place of everything else. */
  panel: { title: string; text: string; owner: string } | undefined;
  /** Where the button stands: above the QR code, beneath it as the other way, or nowhere. */
  button: 'first' | 'second' | 'none';
  /** The switch that shows the QR code and hides it. */
  alternative: { label: string; expanded: boolean } | undefined;
  qr: QrModel | undefined;
}

export interface ViewActions extends QrActions {
  press(): void;
  toggle(): void;
}

/** Builds the shadow tree once and returns the function that brings it up to date. */
export function createView(
  root: ShadowRoot,
  actions: Pick<ViewActions, 'press'> & Partial<ViewActions>,
): (model: ViewModel) => void {
  adoptSheet(root, CSS);
  const text = node('span', { part: 'button-text' });
  const label = node(
    'span',
    { part: 'button-label' },
    node('slot', { name: 'button-label' }, text),
  );
  const picture = node(
    'slot',
    { name: 'button-icon' },
    node('span', { part: 'button-icon', class: 'icon' }, icon(...PASSKEY_ICON)),
  );
  const spinner = node('span', { part: 'spinner', class: 'spinner' });
  const button = node(
    'button',
    { part: 'button', type: 'button', class: 'main', 'aria-describedby': 'status error' },
    picture,
    spinner,
    label,
  );
  const status = node('p', { part: 'status', class: 'note', id: 'status', role: 'status' });
  const error = node('p', { part: 'error', class: 'note error', id: 'error', role: 'alert' });
  const alternative = node('button', { part: 'alternative', type: 'button', class: 'plain' });
  const title = node('p', { part: 'panel-title', class: 'panel-title' });
  const body = node('p', { part: 'panel-text' });
  const owner = node('p', { part: 'panel-owner', class: 'panel-owner' });
  const panel = node(
    'div',
    { part: 'panel', class: 'panel', role: 'alert', tabindex: '-1' },
    icon(...WARNING_ICON),
    node('div', { class: 'panel-body' }, title, body, owner),
  );
  const help = node('slot', { name: 'help' });
  const container = node(
    'div',
    { part: 'container', class: 'container' },
    node('slot', { name: 'heading' }),
    status,
    error,
    help,
    node('slot', { name: 'fallback' }),
  );
  root.append(container);
  button.addEventListener('click', actions.press);
  alternative.addEventListener('click', () => actions.toggle?.());
  let qr: ReturnType<QrModel['create']> | undefined;
  let order = '';

  /** Puts in place what is there, when that has changed: a node that moves loses the focus. */
  function lay({ panel: refused, button: place, alternative: other, qr: code }: ViewModel): void {
    const wanted = refused ? 'panel' : [place, other ? 'switch' : '', code ? 'code' : ''].join();
    if (wanted === order) return;
    order = wanted;
    const hadFocus = root.activeElement !== null;
    for (const part of [panel, button, alternative, qr?.section]) part?.remove();
    if (refused) {
      status.before(panel);
      if (hadFocus) panel.focus();
      return;
    }
    if (place === 'first') status.before(button);
    if (other) help.before(alternative);
    if (code) {
      qr ??= code.create(root, actions);
      if (place === 'first') help.before(qr.section);
      else status.before(qr.section);
    }
    if (place === 'second') help.before(button);
    if (hadFocus && !root.activeElement) (other ? alternative : button).focus();
  }

  return (model) => {
    text.textContent = model.label;
    spinner.hidden = !model.busy;
    picture.hidden = model.busy;
    // aria-disabled, not disabled: a disabled button loses the focus.
    button.setAttribute('aria-disabled', String(model.busy || model.disabled));
    button.classList.toggle('second', model.button === 'second');
    container.setAttribute('aria-busy', String(model.busy));
    setText(status, model.status);
    setText(error, model.error);
    if (model.alternative) {
      setText(alternative, model.alternative.label);
      alternative.setAttribute('aria-expanded', String(model.alternative.expanded));
    }
    if (model.panel) {
      setText(title, model.panel.title);
      setText(body, model.panel.text);
      setText(owner, model.panel.owner);
      owner.hidden = model.panel.owner === '';
    }
    lay(model);
    if (model.qr) qr?.update(model.qr);
  };
}
