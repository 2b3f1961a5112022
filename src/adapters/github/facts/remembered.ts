/**
 * Answers that can never change, because a SHA names them. Holds the ones used last, up to `limit` by `weight`, for as long as the
 * process lives.
 */
export class Remembered<T> {
  readonly #kept = new Map<string, T>();
  readonly #limit: number;
  readonly #weight: (value: T) => number;
  #weighs = 0;

  constructor(limit: number, weight: (value: T) => number) {
    this.#limit = limit;
    this.#weight = weight;
  }

  get(key: string): T | undefined {
    const value = this.#kept.get(key);
    if (value === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, value);
    return value;
  }

  set(key: string, value: T): void {
    if (this.#kept.has(key)) return;
    this.#kept.set(key, value);
    this.#weighs += this.#weight(value);
    for (const [oldest, dropped] of this.#kept) {
      if (this.#weighs <= this.#limit) return;
      this.#kept.delete(oldest);
      this.#weighs -= this.#weight(dropped);
    }
  }
}
