import { type ChangedFile, type ChangeSet, changed } from "../change/change-set.ts";
import type { JudgedGap } from "../evaluate/evaluation.ts";
import type { UntriedFinding } from "../evaluate/findings.ts";
import { isOpen } from "../evaluate/open.ts";
import { environmentsOf } from "../evaluate/scope.ts";
import type { Bake } from "../bake/bake.ts";
import { formatDuration } from "../../lib/duration.ts";
import type { KindEvidence } from "../kinds/evidence.ts";
import { changesOnly } from "../kinds/kubernetes.ts";
import type { Policy, PreApproved } from "../policy/schema.ts";
import type { FileReach, ReachMap } from "../reach/reach.ts";
import type { KubernetesView } from "../views/kubernetes.ts";

/** What a change does, as far as that can be agreed on beforehand. */
export interface Deeds {
  /** All that would land. */
  readonly change: ChangeSet;
  readonly reach: ReachMap;
  readonly kinds: readonly KindEvidence[];
  readonly kubernetes: KubernetesView;
  readonly findings: readonly UntriedFinding[];
  readonly gaps: readonly JudgedGap[];
  /** What the policy's own bakes came to. */
  readonly bakes: readonly Bake[];
}

/** Says that production is reached: where an entry names it, that is agreed on. It still asks for its person. */
const agreedOn = "reaches-production";

/** The first entry that covers all of the change, or why none does: a clause about the first that comes closest by name. */
export function preApprovedBy(
  deeds: Deeds,
  policy: Policy,
): { readonly entry: PreApproved } | { readonly because: string } {
  const { preApproved } = policy.autonomy;
  if (preApproved.length === 0) return { because: "nothing is pre-approved" };
  const stray = straying(deeds);
  if (stray !== null) return { because: stray };
  const reasons: string[] = [];
  for (const entry of preApproved) {
    const because = outside(entry, deeds, policy);
    if (because === null) return { entry };
    reasons.push(`it is not within \`${inCode(entry.name)}\`: ${because}`);
  }
  return { because: reasons[0] ?? "nothing is pre-approved" };
}

/** What keeps a change from being within any entry; null: nothing. */
function straying({ findings, gaps, change }: Deeds): string | null {
  const [gap] = gaps;
  if (gap !== undefined) return `a gap is never pre-approved: \`${inCode(gap.id)}\``;
  const open = findings.find((one) => isOpen(one) && one.level !== "observe" && !isAgreedOn(one));
  if (open !== undefined) return `an open finding is never pre-approved: \`${open.rule}\``;
  return changed(change).length === 0 ? "nothing changes" : null;
}

function isAgreedOn({ rule, level }: UntriedFinding): boolean {
  return rule === agreedOn && level === "review";
}

/** What of the change lies outside of an entry, as a clause; null: nothing. */
function outside(entry: PreApproved, deeds: Deeds, policy: Policy): string | null {
  for (const file of changed(deeds.change)) {
    const reached = deeds.reach.files.find(({ path }) => path === file.path);
    const because =
      outsideReach(entry, reached, policy) ?? outsideKinds(entry, file, deeds) ?? rawFor(entry, file, deeds);
    if (because !== null) return `\`${inCode(file.path)}\` ${because}`;
  }
  return null;
}

/** Only a bake of the policy proves anything: one that is over, of all of the file, and no shorter than the entry asks for. */
function rawFor({ bakeMs }: PreApproved, { path }: ChangedFile, { bakes }: Deeds): string | null {
  if (bakeMs === null) return null;
  const mine = bakes.filter(({ paths }) => paths.includes(path));
  const isOver = mine.some(({ baked, forMs }) => baked?.kind === "complete" && forMs >= bakeMs);
  return isOver ? null : `has not baked, and it asks for a bake of ${formatDuration(bakeMs)}`;
}

function outsideReach(entry: PreApproved, file: FileReach | undefined, policy: Policy): string | null {
  if (file === undefined || file.unresolved) return "reaches nobody knows what";
  const environments = environmentsOf(file, policy);
  if (environments.length === 0) return "reaches no environment of it";
  const other = environments.find((name) => !entry.environments.includes(name));
  if (other !== undefined) return `reaches \`${inCode(other)}\``;
  const services = [...file.targets.map(({ service }) => service), ...file.services];
  const stranger = services.find((service) => service === null || !entry.services.includes(service));
  if (stranger === undefined) return services.length === 0 ? "reaches no service of it" : null;
  return stranger === null ? "reaches a service that nobody named" : `reaches the service \`${inCode(stranger)}\``;
}

/** That a file is a configuration file is told by its path: what changes in a manifest tells more. */
function outsideKinds(entry: PreApproved, file: ChangedFile, { kinds, kubernetes }: Deeds): string | null {
  const own = kinds.filter(({ path }) => path === file.path).map(({ kind }) => kind);
  if (own.length === 0) return "is of no known kind";
  const others = own.filter((kind) => !entry.kinds.some((agreed) => agreed === kind));
  if (others.length === 0) return null;
  const other = others.find((kind) => kind !== "config");
  if (other !== undefined) return `is of the kind \`${inCode(other)}\``;
  return changesOnly(file, kubernetes, entry.kinds) ? null : "changes more than that";
}

function inCode(text: string): string {
  return text.replaceAll("`", "'");
}
