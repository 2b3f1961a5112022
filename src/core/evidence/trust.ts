import { shorten } from "../../lib/text.ts";
import { changed } from "../change/change-set.ts";
import { guardrailOf } from "../change/guardrails.ts";
import type { Facts } from "../facts.ts";
import type { PinnedWorkflow } from "../policy/schema.ts";
import type { ReceivedEvidence, Witnessed } from "./evidence.ts";

/** Whether evidence counts as the word of a workflow that the policy names. `because` is a clause. */
export type Trust = { readonly kind: "trusted" } | { readonly kind: "untrusted"; readonly because: string };

const trusted: Trust = { kind: "trusted" };
const untrusted = (because: string): Trust => ({ kind: "untrusted", because });

/** Where a pull request would land, what it is and what it touches. */
export type Judged = Pick<Facts, "subject" | "base" | "head" | "change" | "landing">;

/**
 * Whose inputs only the files of the repository decide. Who starts a workflow by hand or through the API chooses them.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
 */
const ofPullRequests: ReadonlySet<string> = new Set(["pull_request", "pull_request_target"]);

/**
 * Whether evidence for the head of a change is what a pinned workflow says of it. The job must be of a pinned workflow, and everything
 * that led to the job (the workflow that GitHub started, those between, local actions) must be as the base has it: whoever may write
 * those chooses what is planned. What the job runs, the change may still influence (providers, modules): that is for those who read the plan.
 */
export function trustIn(evidence: ReceivedEvidence, pinned: readonly PinnedWorkflow[], judged: Judged): Trust {
  const { source, headSha } = evidence;
  // On the command line it is the author who looks ahead; no verdict of a pull request comes of it.
  if (source.kind === "local") return trusted;
  if (headSha !== judged.head.sha) return untrusted("it is for another commit");
  return trustInRun(source, pinned, judged) ?? trusted;
}

function trustInRun(source: Witnessed, pinned: readonly PinnedWorkflow[], judged: Judged): Trust | null {
  const { repository } = judged.subject;
  const here = `${repository.owner}/${repository.name}`.toLowerCase();
  if (source.repositoryId !== repository.id) return untrusted("it is of another repository");
  const job = workflowIn(source.jobWorkflowRef);
  const caller = workflowIn(source.workflowRef);
  if (job === null || caller === null) return untrusted("GitHub does not name its workflow");
  const told = quoted(source.jobWorkflowRef);
  if (
    !pinned.some((one) => (one.repository ?? here) === job.repository && one.path === job.path && one.ref === job.ref)
  )
    return untrusted(`the policy does not name ${told}`);
  const { base } = judged;
  // Another branch of the repository may be anybody's; what the base holds went through the gate.
  if (job.repository === here && job.ref.startsWith("refs/") && job.ref !== `refs/heads/${base.ref}`)
    return untrusted(`${told} is not the one of ${quoted(base.ref)}, where it would land`);
  const touched = [judged.change, ...(judged.landing === null ? [] : [judged.landing])].flatMap(changed);
  const edited = touched.find(({ path }) => guardrailOf(path) === "workflows");
  if (edited !== undefined)
    return untrusted(`the change edits ${quoted(edited.path)}, so it may have decided what was planned`);
  if (caller.repository !== here) return untrusted(`${quoted(source.workflowRef)} is of another repository`);
  if (ofPullRequests.has(source.event)) {
    // The workflow is that of the merge with the base of that moment, which may have been another one.
    return source.baseRef === base.ref ? null : untrusted(`it ran for a pull request onto another base`);
  }
  if (source.event === "push") return null;
  return untrusted(`it ran for ${quoted(source.event)}, where whoever starts it chooses what it does`);
}

/**
 * Whether a report about a commit of the base says what was there already: it lets findings go, so a pinned workflow must have made it,
 * for a push of that commit.
 */
export function isOfBase(
  evidence: ReceivedEvidence,
  pinned: readonly PinnedWorkflow[],
  { subject, base, mergeBaseSha }: Pick<Facts, "subject" | "base" | "mergeBaseSha">,
): boolean {
  const { source, headSha } = evidence;
  if (source.kind === "local" || headSha !== mergeBaseSha || source.repositoryId !== subject.repository.id)
    return false;
  const here = `${subject.repository.owner}/${subject.repository.name}`.toLowerCase();
  const [job, caller] = [workflowIn(source.jobWorkflowRef), workflowIn(source.workflowRef)];
  if (job === null || caller === null || source.event !== "push") return false;
  const onBase = `refs/heads/${base.ref}`;
  const isPinned = pinned.some(
    (one) => (one.repository ?? here) === job.repository && one.path === job.path && one.ref === job.ref,
  );
  return (
    isPinned && caller.repository === here && caller.ref === onBase && (job.repository !== here || job.ref === onBase)
  );
}

const form = /^(?<repository>[^/\s]+\/[^/\s]+)\/(?<path>\.github\/workflows\/[^@\s]+)@(?<ref>[^\s]+)$/u;

function workflowIn(ref: string): { readonly repository: string; readonly path: string; readonly ref: string } | null {
  const parts = form.exec(ref)?.groups;
  if (parts === undefined) return null;
  const { repository = "", path = "", ref: at = "" } = parts;
  return { repository: repository.toLowerCase(), path, ref: at };
}

const shownMax = 120;

/** Names of branches and files are chosen by whoever pushes. */
function quoted(text: string): string {
  return `\`${shorten(text.replaceAll("`", "'"), shownMax)}\``;
}
