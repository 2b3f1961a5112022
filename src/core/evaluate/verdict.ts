/** From mild to severe: nothing missing; only time missing; people missing; an invariant broken. */
export const verdicts = ["allow", "wait", "hold", "block"] as const;
export type Verdict = (typeof verdicts)[number];

/** The worst of several; of none it is `allow`, so callers must put in what they have not seen as `hold`. */
export function worst(given: Iterable<Verdict>): Verdict {
  let index = 0;
  for (const verdict of given) index = Math.max(index, verdicts.indexOf(verdict));
  return verdicts[index] ?? "block";
}
