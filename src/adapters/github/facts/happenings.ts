import { z } from "zod";
import type { Gap } from "../../../core/change/change-set.ts";
import type { Account, ReviewFacts } from "../../../core/facts.ts";
import type { Repository } from "../../../core/subject.ts";
import { byCodeUnits } from "../../../lib/order.ts";
import { askAll, askOrNull, type Session } from "../api.ts";
import { accountOrNull, accountShape, moment, type Pull, sha } from "../shapes.ts";
import { missing } from "./gap.ts";

/** What happened to a pull request, as GitHub recorded it: nothing here can be taken back by removing it. */
export interface Happenings {
  /** Labels that it carries or ever carried. */
  readonly labels: readonly string[];
  readonly assigneesAtOpening: readonly Account[];
  readonly workStartedBy: Account | null;
  /** The latest change of its base branch, by a person or by GitHub when the branch was deleted. */
  readonly retargetedAtMs: number | null;
  /** Dismissed reviews by their id. */
  readonly dismissals: ReadonlyMap<number, NonNullable<ReviewFacts["dismissal"]>>;
  /** Who was ever asked for review: `@login`, `@organisation/team`, in lower case. */
  readonly asked: readonly string[];
  readonly gaps: readonly Gap[];
}

const pagesLimit = 50;
/** What opens a pull request assigns people right after. Assigning somebody only ever excludes them, so wide is safe. */
const openingMs = 60_000;

const counting = new Set([
  "labeled",
  "unlabeled",
  "assigned",
  "copilot_work_started",
  "base_ref_changed",
  "automatic_base_change_succeeded",
  "review_dismissed",
  "review_requested",
]);
/** A state that GitHub adds one day is none that is known: such a dismissal lifts no request for changes. */
const dismissedReview = z.looseObject({
  review_id: z.int(),
  state: z.enum(["approved", "changes_requested"]).catch("changes_requested"),
});

/** Of the many kinds of events these count; each must have what makes it count. */
const eventShape = z.union([
  z.looseObject({ event: z.enum(["labeled", "unlabeled"]), label: z.looseObject({ name: z.string() }) }),
  z.looseObject({ event: z.literal("assigned"), assignee: accountOrNull, created_at: moment }),
  z.looseObject({ event: z.literal("copilot_work_started"), actor: accountOrNull }),
  z.looseObject({ event: z.enum(["base_ref_changed", "automatic_base_change_succeeded"]), created_at: moment }),
  z.looseObject({ event: z.literal("review_dismissed"), actor: accountOrNull, dismissed_review: dismissedReview }),
  z.looseObject({
    event: z.literal("review_requested"),
    requested_reviewer: z.looseObject({ login: z.string() }).nullish(),
    requested_team: z.looseObject({ slug: z.string() }).nullish(),
  }),
  z
    .looseObject({ event: z.string() })
    .refine(({ event }) => !counting.has(event))
    .transform(() => ({ event: "other" as const })),
]);

/** https://docs.github.com/en/rest/issues/timeline */
export async function readHappenings(
  session: Session,
  { owner, name: repo }: Repository,
  pull: Pull,
): Promise<Happenings> {
  const route = "GET /repos/{owner}/{repo}/issues/{issue_number}/timeline";
  const given = { owner, repo, issue_number: pull.number };
  const { items, complete } = await askAll(session, route, given, z.array(eventShape), pagesLimit);
  const labels = new Set(pull.labels.map(({ name }) => name));
  const assignees = new Map<number, Account>();
  let workStartedBy: Account | null = null;
  let retargetedAtMs: number | null = null;
  const dismissals = new Map<number, NonNullable<ReviewFacts["dismissal"]>>();
  const asked = new Set<string>();
  for (const item of items) {
    switch (item.event) {
      case "labeled":
      case "unlabeled":
        labels.add(item.label.name);
        break;
      case "assigned":
        if (item.assignee !== null && item.created_at <= pull.created_at + openingMs)
          assignees.set(item.assignee.id, item.assignee);
        break;
      case "copilot_work_started":
        workStartedBy = item.actor ?? workStartedBy;
        break;
      case "base_ref_changed":
      case "automatic_base_change_succeeded":
        retargetedAtMs = Math.max(retargetedAtMs ?? 0, item.created_at);
        break;
      case "review_dismissed": {
        const { review_id, state } = item.dismissed_review;
        dismissals.set(review_id, { by: item.actor, was: state === "approved" ? "APPROVED" : "CHANGES_REQUESTED" });
        break;
      }
      case "review_requested":
        if (item.requested_reviewer != null) asked.add(`@${item.requested_reviewer.login.toLowerCase()}`);
        if (item.requested_team != null) asked.add(`@${owner}/${item.requested_team.slug}`.toLowerCase());
        break;
      case "other":
        break;
    }
  }
  const gap = missing(
    "unreadable-timeline",
    `which marks this pull request once carried: it has more than ${items.length} events`,
    "Open a new pull request for this branch.",
  );
  return {
    labels: [...labels].toSorted(byCodeUnits),
    assigneesAtOpening: [...assignees.values()].toSorted((a, b) => a.id - b.id),
    workStartedBy,
    retargetedAtMs,
    dismissals,
    asked: [...asked],
    gaps: complete ? [] : [gap],
  };
}

const movement = z.looseObject({ after: sha.or(z.literal("")).nullable(), actor: accountShape.nullish() });

/**
 * Who moved the head branch to a commit, newest movement first. Null where GitHub does not say: for a fork whose activity it does not
 * show to this app, and after a hundred later movements. https://docs.github.com/en/rest/repos/repos#list-repository-activities
 */
export async function readLastPusher(session: Session, { head, base }: Pull, commit: string): Promise<Account | null> {
  if (head.repo === null) return null;
  const hidden = head.repo.id === base.repo.id ? [404] : [403, 404];
  const route = "GET /repos/{owner}/{repo}/activity";
  const given = { owner: head.repo.owner.login, repo: head.repo.name, ref: `refs/heads/${head.ref}`, per_page: 100 };
  const movements = await askOrNull(session, route, given, z.array(movement), hidden);
  return movements?.find(({ after }) => after === commit)?.actor ?? null;
}
