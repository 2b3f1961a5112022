import { z } from "zod";
import type { BranchRecord } from "../../../core/deployments/deployments.ts";
import type { Repository } from "../../../core/subject.ts";
import { ask, askAll, GitHubFailure, type Session } from "../api.ts";
import { sha } from "../shapes.ts";
import { stoodAt } from "./policy-past.ts";

const prefix = "refs/heads/";
const branchShape = z.looseObject({ protected: z.boolean(), commit: z.looseObject({ sha }) });
const rulesPages = 2;

/** A branch that `deployed_by` names: whether GitHub has rules for it, and what has stood at its tip, back to all that was deployed. */
export async function readBranch(
  session: Session,
  repository: Repository,
  ref: string,
  deployed: ReadonlySet<string>,
): Promise<BranchRecord> {
  const branch = ref.slice(prefix.length);
  const given = { owner: repository.owner, repo: repository.name, branch };
  try {
    const [found, rules] = await Promise.all([
      ask(session, "GET /repos/{owner}/{repo}/branches/{branch}", given, branchShape),
      askAll(session, "GET /repos/{owner}/{repo}/rules/branches/{branch}", given, z.array(z.unknown()), rulesPages),
    ]);
    const tip = found.commit.sha;
    const stood = [tip];
    for await (const page of stoodAt(session, repository, branch, tip)) {
      stood.push(...page);
      const known = new Set(stood);
      if ([...deployed].every((commit) => known.has(commit))) break;
    }
    return { ref, isProtected: found.protected || rules.items.length > 0, stood };
  } catch (failed) {
    if (!(failed instanceof GitHubFailure) || (failed.status !== 403 && failed.status !== 404)) throw failed;
    return { ref, isProtected: null, stood: [] };
  }
}
