import { byCodeUnits } from "../../lib/order.ts";
import type { ChangeSet } from "../change/change-set.ts";
import type { AreaEntered } from "../evaluate/evaluation.ts";
import type { KindEvidence } from "./evidence.ts";
import { tightening } from "../policy/patterns.ts";
import type { Policy } from "../policy/schema.ts";
import type { StatedTiers } from "../terraform/stateful.ts";
import type { Views } from "../views/views.ts";
import { kubernetesKinds } from "./kubernetes.ts";
import { settingKinds } from "./settings.ts";
import { pathKinds } from "./paths.ts";
import { nestedDeletions } from "./stateful.ts";
import { terraformKinds } from "./terraform.ts";

/**
 * What a change does, computed from the diff: each kind with the first place in each file that shows it, sorted by kind and path. One
 * place a file is enough to enter an area and to look; all of them would be as long as the diff.
 */
export function computeKinds(
  change: ChangeSet,
  views: Pick<Views, "kubernetes" | "terraform" | "resources" | "values">,
  stated: StatedTiers,
): readonly KindEvidence[] {
  const nested = nestedDeletions(views.terraform, stated).map(
    ({ at, because }): KindEvidence => ({
      kind: "delete",
      path: at.path,
      side: "head",
      line: at.block.line,
      because,
    }),
  );
  const found = [
    ...pathKinds(change),
    ...kubernetesKinds(views.kubernetes),
    ...terraformKinds(views, stated),
    ...settingKinds(views.values, views.kubernetes),
    ...nested,
  ].sort(
    (a, b) =>
      byCodeUnits(a.kind, b.kind) ||
      byCodeUnits(a.path, b.path) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      byCodeUnits(a.because, b.because),
  );
  return found.filter(({ kind, path }, index) => {
    const previous = found[index - 1];
    return previous?.kind !== kind || previous.path !== path;
  });
}

/** The areas of the policy that a change enters: by its kinds, or by a path. Paths only add. */
export function areasEntered(
  kinds: readonly KindEvidence[],
  changedPaths: readonly string[],
  areas: Policy["areas"],
): readonly AreaEntered[] {
  return Object.values(areas)
    .map((area) => {
      const matches = tightening(area.paths);
      const byKind = kinds
        .filter(({ kind }) => area.kinds.some((wanted) => wanted === kind))
        .map(({ kind, because, path }) => `kind ${kind}: ${because}, \`${path}\``);
      const byPath = changedPaths.filter(matches).map((path) => `path \`${path}\``);
      return { area: area.name, because: [...new Set([...byKind, ...byPath])] };
    })
    .filter(({ because }) => because.length > 0)
    .sort((a, b) => byCodeUnits(a.area, b.area));
}
