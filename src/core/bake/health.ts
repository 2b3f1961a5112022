import type { EnvironmentRecord } from "../deployments/deployments.ts";
import type { Evidence, Happening } from "../deployments/evidence.ts";
import { inOrder } from "../deployments/evidence.ts";
import type { Policy } from "../policy/schema.ts";
import { counts, type Signal } from "../rollback/signal.ts";

/**
 * Evidence with what monitoring says of the environment: each signal is about the commit that it names, else about what was live then,
 * by whoever's word. Bad health speaks against a change whatever the policy asks about; a rise of the error rate as it says.
 */
export function withHealth(
  { happenings }: Pick<Evidence, "happenings">,
  { environment }: Pick<EnvironmentRecord, "environment">,
  signals: readonly Signal[],
  { rollback }: Pick<Policy, "rollback">,
): readonly Happening[] {
  const told = signals
    .filter((signal) => signal.environment === environment)
    .filter(({ reading }) => reading.kind === "health" || counts(reading, rollback))
    .flatMap((signal): readonly Happening[] => {
      const live = happenings.findLast(({ kind, atMs }) => kind === "went_live" && atMs <= signal.atMs);
      const sha = signal.sha ?? happenings.find(({ id }) => id === signal.deploymentId)?.sha ?? live?.sha;
      if (sha === undefined) return [];
      const { atMs } = signal;
      const id = signal.deploymentId ?? live?.id ?? 0;
      return [{ kind: "unhealthy", atMs, provedMs: atMs, sha, id, proved: false, by: null }];
    });
  return [...happenings, ...told].toSorted(inOrder);
}
