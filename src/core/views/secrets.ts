import { type ChangeSet, changed, type Gap, type Place } from "../change/change-set.ts";
import { placeOf } from "../change/hunks.ts";
import { nothingWritten } from "../facts-written.ts";
import { type BroughtSecrets, broughtSecrets, type Searched } from "../secrets/brought.ts";
import type { Tools } from "../syntax.ts";

/** The secrets that a change brings. What could not be searched is no Gap of the view: only who asks for secrets has to know. */
export interface SecretsView extends BroughtSecrets {
  /** Where is told what stands in no file. */
  readonly home: Place;
}

/** What the two sides of the change tell. The evaluation adds what its commits wrote on the way, and what was said of it. */
export function secrets(
  change: ChangeSet,
  tools: Tools,
): { readonly view: SecretsView; readonly gaps: readonly Gap[] } {
  const searched = { change, landing: null, written: nothingWritten, commits: [], pullRequest: null };
  return { view: secretsIn(searched, tools), gaps: [] };
}

export function secretsIn(searched: Searched, { memo }: Tools): SecretsView {
  const [first] = changed(searched.change);
  const path = searched.written.commits.flatMap(({ files }) => files)[0]?.path ?? ".";
  const home: Place = first === undefined ? { path, side: "head", line: 1 } : placeOf(first);
  return { ...broughtSecrets(searched, memo), home };
}
