import { byCodeUnits } from "../../lib/order.ts";
import { type PullRequestSubject, subjectId } from "../subject.ts";
import { type Verdict, worst } from "./verdict.ts";

/** A pull request with the same head and base, and its latest verdict there; null where it was never judged or could not be. */
export interface Sibling {
  readonly subject: PullRequestSubject;
  readonly verdict: Verdict | null;
}

/** The verdict that stands on a head and base which several open pull requests share. */
export interface Shared {
  readonly verdict: Verdict;
  /** Siblings whose own verdict is as bad as that and worse than the subject's, in the order of their ids. */
  readonly because: readonly Sibling[];
}

/** The worst of all that share a check run. Who was not judged counts as `hold`: green must not come before every look. */
export function share(own: Verdict | null, siblings: readonly Sibling[]): Shared {
  const verdict = worst([asJudged(own), ...siblings.map((sibling) => asJudged(sibling.verdict))]);
  const because =
    asJudged(own) === verdict
      ? []
      : siblings
          .filter((sibling) => asJudged(sibling.verdict) === verdict)
          .toSorted((a, b) => byCodeUnits(subjectId(a.subject), subjectId(b.subject)));
  return { verdict, because };
}

function asJudged(verdict: Verdict | null): Verdict {
  return verdict ?? "hold";
}
