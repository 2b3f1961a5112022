import { z } from "zod";
import type { PinnedWorkflow, PlanDemand } from "../schema.ts";
import { intersection, union } from "./join.ts";
import { group, key } from "./key.ts";
import { pattern, scalarOr, text } from "./values.ts";

const form =
  /^(?:(?<repository>[A-Za-z0-9-]+\/[A-Za-z0-9._-]+)\/)?(?<path>\.github\/workflows\/[^@\s/]+\.ya?ml)@(?<ref>refs\/(?:heads|tags)\/[^\s]+|[0-9a-f]{40})$/u;

/** `acme/ci/.github/workflows/plan.yml@refs/heads/main`, as GitHub writes it in `job_workflow_ref`; without the repository it is that of the change. */
const workflow = z.string().transform((written, context): PinnedWorkflow => {
  const parts = form.exec(written)?.groups;
  if (parts !== undefined) {
    const { repository, path = "", ref = "" } = parts;
    return { repository: repository?.toLowerCase() ?? null, path, ref };
  }
  const expected = "acme/ci/.github/workflows/plan.yml@refs/heads/main, with a branch, a tag or a commit after the @";
  context.addIssue({ code: "custom", message: "", params: { expected } });
  return z.NEVER;
});

const from = key(z.array(workflow), {
  join: intersection<PinnedWorkflow>(),
  type: "list of workflows, such as acme/ci/.github/workflows/plan.yml@refs/heads/main",
  says: "Workflows whose word counts, as GitHub names them in `job_workflow_ref`; what others send can only add to what is asked.",
});

/** The folder of a root configuration. The folder of the repository itself is `.`, which no pattern can say. */
const root = z.union([z.literal("."), pattern]);
const demand = scalarOr(
  root.transform((path): PlanDemand => ({ root: path, workspace: null })),
  z
    .strictObject({ root, workspace: text.optional() })
    .transform(({ root: path, workspace }): PlanDemand => ({ root: path, workspace: workspace ?? null })),
);

export const evidence = group("What workflows send to `/evidence`: Terraform plans, and what other scanners found.", {
  plans: group("Plans of Terraform and OpenTofu.", {
    required: key(z.array(demand), {
      join: union(),
      type: "list of patterns of folders, or of { root, workspace }",
      says: "Root configurations of which a plan must be there, for exactly this head, where a change touches them.",
    }),
    from,
  }),
  findings: group("What other scanners found, as SARIF.", { from }),
});
