import { type State } from '../machine.js';
export declare function showState(states: CustomStateSet | undefined, previous: State, next: State): void;
