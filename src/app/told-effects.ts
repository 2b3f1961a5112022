import type { PolicyEffects } from "../core/policy/effects.ts";

/** Subjects that are remembered; each is a few hundred bytes. */
const KEPT = 1_000;

/** What was told lately, so that a change of the policy under lively discussion does not use up GitHub's limits. */
export class ToldEffects {
  readonly #kept = new Map<string, { readonly effects: PolicyEffects; readonly untilMs: number }>();

  get(key: string, nowMs: number): PolicyEffects | null {
    const found = this.#kept.get(key);
    return found !== undefined && nowMs < found.untilMs ? found.effects : null;
  }

  set(key: string, effects: PolicyEffects, untilMs: number): void {
    this.#kept.delete(key);
    this.#kept.set(key, { effects, untilMs });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}
