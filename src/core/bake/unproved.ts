import type { Policy } from "../policy/schema.ts";

/** Productions to which a change may come without a bake that can be proved, as clauses that say why. */
export function unprovedProductions({ environments }: Pick<Policy, "environments">): readonly string[] {
  return Object.values(environments)
    .filter(({ tier }) => tier === "production")
    .flatMap(({ name, bakes }) => {
      if (bakes.length === 0)
        return [`nothing has to run elsewhere before it comes to \`${name}\`: it has no \`bake\``];
      return bakes
        .filter((bake) => (environments[bake.in]?.deployedBy ?? []).length === 0)
        .map((bake) => {
          const because = `\`environments.${bake.in}.deployed_by\` names nobody`;
          return `no bake for \`${name}\` can be proved, so people decide about each change: ${because}`;
        });
    });
}
