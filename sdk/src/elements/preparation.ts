/**
 * One set of options, fetched ahead and shared by everybody who asks while it is fresh. A request
 * under way is shared, too; one that failed is forgotten, so that the next call tries again.
 */
export class Preparation<T> {
  readonly #isFresh: (value: T) => boolean;
  #value: T | undefined;
  #pending: Promise<T> | undefined;

  constructor(isFresh: (value: T) => boolean) {
    this.#isFresh = isFresh;
  }

  async get(fetch: () => Promise<T>): Promise<T> {
    if (this.#pending) return this.#pending;
    if (this.#value !== undefined && this.#isFresh(this.#value)) return this.#value;
    const pending = fetch();
    this.#pending = pending;
    try {
      const value = await pending;
      if (this.#pending === pending) this.#value = value;
      return value;
    } finally {
      if (this.#pending === pending) this.#pending = undefined;
    }
  }

  drop(): void {
    this.#value = undefined;
    this.#pending = undefined;
  }
}
