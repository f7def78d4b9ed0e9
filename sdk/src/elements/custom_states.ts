import { isBusy, isCodeOpen, type State } from '../machine.js';

/** For CSS `:state(…)`: the state by its own name, and what kind of state it is. */
export function customStates(state: State): string[] {
  const { name } = state;
  return [
    name,
    ...(isBusy(state) ? ['busy'] : []),
    ...(isCodeOpen(state) ? ['qr'] : []),
    ...(name === 'qr_confirm' ? ['confirm'] : []),
    ...('note' in state && state.note && state.note !== 'user_cancelled' ? ['failed'] : []),
  ];
}
