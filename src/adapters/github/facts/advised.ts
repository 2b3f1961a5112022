import { z } from "zod";
import { type ChangeSet, changed, type Gap } from "../../../core/change/change-set.ts";
import { type Advised, type AdvisedChange, gravities } from "../../../core/dependencies/advised.ts";
import { readerOf } from "../../../core/dependencies/readers.ts";
import type { Repository } from "../../../core/subject.ts";
import { askPage, GitHubFailure, type Session } from "../api.ts";
import { missing } from "./gap.ts";

/** A thousand packages that come or go. */
const pagesLimit = 10;
const route = "GET /repos/{owner}/{repo}/dependency-graph/compare/{basehead}";

const vulnerability = z.looseObject({
  severity: z.string(),
  advisory_ghsa_id: z.string(),
  advisory_summary: z.string().nullish(),
});
const changeShape = z.looseObject({
  change_type: z.string(),
  manifest: z.string(),
  ecosystem: z.string(),
  name: z.string(),
  version: z.string().nullish(),
  vulnerabilities: z.array(vulnerability).nullish(),
});
type DependencyChange = z.output<typeof changeShape>;

/**
 * What is known of the versions that a change brings in. Asked for only where it touches a manifest or lockfile. GitHub answers 403 or 404
 * where dependency review is not enabled; 422 where it has no graph of a commit. Throws `GitHubFailure` or `RetryLater`.
 * https://docs.github.com/en/rest/dependency-graph/dependency-review
 */
export async function readAdvised(
  session: Session,
  { owner, name: repo }: Repository,
  change: ChangeSet,
  { mergeBaseSha, headSha }: { readonly mergeBaseSha: string; readonly headSha: string },
): Promise<{ readonly advised: AdvisedChange; readonly gaps: readonly Gap[] }> {
  if (!changed(change).some(({ path }) => namesDependencies(path))) return { advised: { kind: "not_asked" }, gaps: [] };
  try {
    const { items, complete } = await pages(session, { owner, repo, basehead: `${mergeBaseSha}...${headSha}` });
    return {
      advised: { kind: "known", introduced: introducedBy(items) },
      gaps: complete ? [] : [unread(`they are more than ${items.length}`)],
    };
  } catch (failed) {
    if (!(failed instanceof GitHubFailure)) throw failed;
    if (failed.status === 403 || failed.status === 404) return { advised: { kind: "not_granted" }, gaps: [] };
    if (failed.status !== 422) throw failed;
    return { advised: { kind: "known", introduced: [] }, gaps: [unread("GitHub has no graph of one of the commits")] };
  }
}

function namesDependencies(path: string): boolean {
  const role = readerOf(path)?.role;
  return role === "manifest" || role === "lock";
}

/** GitHub does not say that this list is paged: a page that is the one before again is the end of it. */
async function pages(
  session: Session,
  given: Readonly<Record<string, string>>,
): Promise<{ readonly items: readonly DependencyChange[]; readonly complete: boolean }> {
  const items: DependencyChange[] = [];
  let last = "";
  for (let page = 1; page <= pagesLimit; page += 1) {
    const { items: found, more } = await askPage(session, route, { ...given, page }, z.array(changeShape));
    const written = JSON.stringify(found);
    if (page > 1 && written === last) return { items, complete: true };
    items.push(...found);
    if (!more) return { items, complete: true };
    last = written;
  }
  return { items, complete: false };
}

/** Of versions that come, what was not known of the versions that go: a step up that leaves a hole open opens none. */
function introducedBy(changes: readonly DependencyChange[]): readonly Advised[] {
  const added = changes.filter(({ change_type: type }) => type !== "removed").flatMap(advisedOf);
  const removed = changes.filter(({ change_type: type }) => type === "removed").flatMap(advisedOf);
  const stood = new Set(removed.map(keyOf));
  return added.filter((one) => !stood.has(keyOf(one)));
}

function keyOf({ ecosystem, name, advisory }: Advised): string {
  return JSON.stringify([ecosystem, name, advisory]);
}

function advisedOf({ manifest, ecosystem, name, version, vulnerabilities }: DependencyChange): readonly Advised[] {
  return (vulnerabilities ?? []).map((one) => ({
    manifest,
    ecosystem,
    name,
    version: version ?? "",
    gravity: gravities.find((gravity) => gravity === one.severity) ?? "unknown",
    advisory: one.advisory_ghsa_id,
    summary: one.advisory_summary ?? "",
  }));
}

function unread(because: string): Gap {
  return missing(
    "dependency-comparison",
    `whether the dependencies that change have known vulnerabilities: ${because}`,
    "Split the change, or have a person look at what GitHub says of its dependencies.",
  );
}
