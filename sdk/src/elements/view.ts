import { icon, node, PASSKEY_ICON, WARNING_ICON } from './dom.js';
import { adoptStyles } from './styles.js';

/** What is to be seen. Empty texts take no room. */
export interface ViewModel {
  label: string;
  busy: boolean;
  disabled: boolean;
  /** Progress and quiet notes. */
  status: string;
  error: string;
  /** Takes the place of the button. */
  panel: { title: string; text: string; owner: string } | undefined;
}

/** Builds the shadow tree once and returns the function that brings it up to date. */
export function createView(root: ShadowRoot, onPress: () => void): (model: ViewModel) => void {
  adoptStyles(root);
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
    { part: 'button', type: 'button', 'aria-describedby': 'status error' },
    picture,
    spinner,
    label,
  );
  const status = node('p', { part: 'status', class: 'note', id: 'status', role: 'status' });
  const error = node('p', { part: 'error', class: 'note error', id: 'error', role: 'alert' });
  const title = node('p', { part: 'panel-title', class: 'panel-title' });
  const body = node('p', { part: 'panel-text' });
  const owner = node('p', { part: 'panel-owner', class: 'panel-owner' });
  const panel = node(
    'div',
    { part: 'panel', class: 'panel', role: 'alert', tabindex: '-1' },
    icon(...WARNING_ICON),
    node('div', { class: 'panel-body' }, title, body, owner),
  );
  const container = node(
    'div',
    { part: 'container', class: 'container' },
    node('slot', { name: 'heading' }),
    button,
    status,
    error,
    node('slot', { name: 'help' }),
    node('slot', { name: 'fallback' }),
  );
  root.append(container);
  button.addEventListener('click', onPress);

  return (model) => {
    const hadFocus = root.activeElement === button;
    text.textContent = model.label;
    spinner.hidden = !model.busy;
    picture.hidden = model.busy;
    // aria-disabled, not disabled: a disabled button loses the focus.
    button.setAttribute('aria-disabled', String(model.busy || model.disabled));
    container.setAttribute('aria-busy', String(model.busy));
    setText(status, model.status);
    setText(error, model.error);
    if (model.panel) {
      setText(title, model.panel.title);
      setText(body, model.panel.text);
      setText(owner, model.panel.owner);
      owner.hidden = model.panel.owner === '';
      if (!panel.parentNode) button.replaceWith(panel);
      if (hadFocus) panel.focus();
    } else if (panel.parentNode) {
      panel.replaceWith(button);
    }
  };
}

/** Live regions speak on every change, so an equal text is not written again. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
