// What a user's sign-ins may be answered while calls that end or allow them run beside them. Every
// call is an interval of time and takes effect at one moment inside it.
import assert from 'node:assert/strict';

/** What each kind of call leads to in calls that come after it. */
const REFUSALS = {
  disable: ['user_disabled'],
  erase: ['user_not_found', 'credential_not_found'],
  revoke: ['token_revoked'],
};

export class History {
  #changes = [];
  #seen = [];

  /** Nothing can be done with this user and token any more. */
  get over() {
    return this.#changes.some(({ kind }) => kind === 'erase' || kind === 'revoke');
  }

  starts(kind) {
    const change = { kind, from: performance.now(), to: Infinity };
    this.#changes.push(change);
    return change;
  }

  ended(change, answer) {
    const gone = this.#changes.some(({ kind }) => kind === 'erase');
    assert.ok(answer.status === 200 || (gone && answer.code === 'user_not_found'), `${change.kind}: ${answer.code}`);
    change.to = answer.to;
    change.effect = answer.status === 200;
  }

  /** The user is enabled, and no call runs. */
  forget() {
    this.#changes = [];
  }

  /** `refusal`: the code of a refusal, absent if the call was granted. */
  judge(call, { from, to }, refusal) {
    this.#seen.push(refusal ? `${call} ${refusal}` : call);
    const text = () => `${call} ${from}–${to} ${refusal ?? 'granted'} after ${JSON.stringify(this.#changes)}`;
    if (refusal) {
      const kinds = Object.keys(REFUSALS).filter((kind) => REFUSALS[kind].includes(refusal));
      assert.ok(this.#changes.some((change) => kinds.includes(change.kind) && this.#mayHold(change, from, to)), text());
    } else {
      assert.ok(!this.#changes.some((change) => binds(call, change.kind) && this.#mustHold(change, from, to)), text());
    }
  }

  /** The kinds of answers since the last call, `call` or `call code`. */
  take() {
    return this.#seen.splice(0);
  }

  /** It may have come before the call's moment, and no enable surely between them. */
  #mayHold(change, from, to) {
    if (change.from >= to || change.effect === false) return false;
    const lifted = (other) => other.kind === 'enable' && other.effect && other.from > change.to && other.to < from;
    return change.kind !== 'disable' || !this.#changes.some(lifted);
  }

  /** It surely came before the call's moment, and no enable can have come between them. */
  #mustHold(change, from, to) {
    if (change.to >= from || !change.effect) return false;
    const lifting = (other) => other.kind === 'enable' && other.to > change.from && other.from < to;
    return change.kind !== 'disable' || !this.#changes.some(lifting);
  }
}

/** A begin names no user, and what is signed in before the token is revoked can be verified. */
function binds(call, kind) {
  if (kind === 'revoke') return call !== 'verify';
  return call !== 'begin' && kind !== 'enable';
}
