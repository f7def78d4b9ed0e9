import { isBusy, isCodeOpen, type State } from '../machine.js';

/** For CSS `:state(…)`: the state by its own name, and what kind of state it is. */
function customStates(state: State): string[] {
  const { name } = state;
  return [
    name,
    ...(isBusy(state) ? ['busy'] : []),
    ...(isCodeOpen(state) ? ['qr'] : []),
    ...(name === 'qr_confirm' ? ['confirm'] : []),
    ...('note' in state && state.note && state.note !== 'user_cancelled' ? ['failed'] : []),
  ];
}

export function showState(states: CustomStateSet | undefined, previous: State, next: State): void {
  for (const name of customStates(previous)) states?.delete(name);
  for (const name of customStates(next)) states?.add(name);
}
