/** What was said of deployments lately, by digest: the ledger keeps no text. Another instance knows its own. */
export class ToldComments {
  readonly #known = new Map<string, string>();

  keep(digest: string, comment: string): void {
    this.#known.delete(digest);
    this.#known.set(digest, comment);
    const [oldest] = this.#known.keys();
    if (this.#known.size > knownLimit && oldest !== undefined) this.#known.delete(oldest);
  }

  /** Null: not known here. */
  of(digest: string): string | null {
    return this.#known.get(digest) ?? null;
  }
}

const knownLimit = 1_000;
