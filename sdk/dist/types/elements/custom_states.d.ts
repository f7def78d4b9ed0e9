import { type State } from '../machine.js';
/** For CSS `:state(…)`: the state by its own name, and what kind of state it is. */
export declare function customStates(state: State): string[];
