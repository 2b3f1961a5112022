/** Keys whose values are words, each safer than those before it. What the words are is the program's, so no policy adds to them. */
export interface Ladder {
  readonly names: readonly string[];
  /** From the weakest; words of one rung mean the same. */
  readonly rungs: readonly (readonly string[])[];
  /** What is weaker than this rung is dangerous by itself where the key is new; null: only a step down is. */
  readonly least: number | null;
  readonly concerns: "transport" | "durability" | "exposure" | "logging" | "login";
  readonly reason: string;
  readonly source: string | null;
}
