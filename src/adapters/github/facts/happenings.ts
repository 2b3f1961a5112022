import { z } from "zod";
import type { Gap } from "../../../core/change/change-set.ts";
import type { Account, Prompt, ReviewFacts } from "../../../core/facts.ts";
import { callsAgent } from "../../../core/provenance/calls.ts";
import { isListed } from "../../../core/provenance/catalogue.ts";
import type { Repository } from "../../../core/subject.ts";
import { byCodeUnits } from "../../../lib/order.ts";
import { askAll, type Session } from "../api.ts";
import { accountOrNull, moment, type Pull } from "../shapes.ts";
import { commentShape, type TimelineComment } from "./comments.ts";
import { missing } from "./gap.ts";

/** What happened to a pull request, as GitHub recorded it: nothing here can be taken back by removing it. */
export interface Happenings {
  /** Labels that it carries or ever carried. */
  readonly labels: readonly string[];
  readonly assigneesAtOpening: readonly Account[];
  readonly workStartedBy: readonly (Account | null)[];
  /** Each person once for each way. Whoever deletes a comment takes it out of GitHub's record. */
  readonly prompts: readonly Prompt[];
  /** The latest change of its base branch, by a person or by GitHub when the branch was deleted. */
  readonly retargetedAtMs: number | null;
  /** Dismissed reviews by their id. */
  readonly dismissals: ReadonlyMap<number, NonNullable<ReviewFacts["dismissal"]>>;
  /** Who was ever asked for review: `@login`, `@organisation/team`, in lower case. */
  readonly asked: readonly string[];
  /** Comments that were not deleted, the oldest first. */
  readonly comments: readonly TimelineComment[];
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
  "commented",
  "reviewed",
  "line-commented",
  "commit-commented",
]);
/** A state that GitHub adds one day is none that is known: such a dismissal lifts no request for changes. */
const dismissedReview = z.looseObject({
  review_id: z.int(),
  state: z.enum(["approved", "changes_requested"]).catch("changes_requested"),
});

export const said = z.looseObject({
  user: accountOrNull,
  body: z.string().nullish(),
  created_at: z.string().optional(),
  updated_at: z.string().optional(),
});
const assigned = {
  event: z.literal("assigned"),
  actor: accountOrNull,
  assigner: accountOrNull,
  assignee: accountOrNull,
  created_at: moment,
};

/** Of the many kinds of events these count; each must have what makes it count. */
const eventShape = z.union([
  z.looseObject({ event: z.enum(["labeled", "unlabeled"]), label: z.looseObject({ name: z.string() }) }),
  z.looseObject(assigned),
  z.looseObject({ event: z.literal("copilot_work_started"), actor: accountOrNull }),
  z.looseObject({ event: z.enum(["base_ref_changed", "automatic_base_change_succeeded"]), created_at: moment }),
  z.looseObject({ event: z.literal("review_dismissed"), actor: accountOrNull, dismissed_review: dismissedReview }),
  z.looseObject({
    event: z.literal("review_requested"),
    requested_reviewer: z.looseObject({ login: z.string() }).nullish(),
    requested_team: z.looseObject({ slug: z.string() }).nullish(),
  }),
  said.extend({ event: z.literal("reviewed") }),
  z.looseObject({ event: z.enum(["line-commented", "commit-commented"]), comments: z.array(said) }),
  commentShape,
  z
    .looseObject({ event: z.string() })
    .refine(({ event }) => !counting.has(event))
    .transform(() => ({ event: "other" as const })),
]);

export const timelineShape = z.array(eventShape);
type Item = z.infer<typeof eventShape>;

/** https://docs.github.com/en/rest/issues/timeline */
export async function readHappenings(
  session: Session,
  { owner, name: repo }: Repository,
  pull: Pull,
): Promise<Happenings> {
  const route = "GET /repos/{owner}/{repo}/issues/{issue_number}/timeline";
  const given = { owner, repo, issue_number: pull.number };
  const { items, complete } = await askAll(session, route, given, timelineShape, pagesLimit);
  const labels = new Set(pull.labels.map(({ name }) => name));
  const assignees = new Map<number, Account>();
  const started = new Map<number | null, Account | null>();
  let retargetedAtMs: number | null = null;
  const dismissals = new Map<number, NonNullable<ReviewFacts["dismissal"]>>();
  const asked = new Set<string>();
  const comments: TimelineComment[] = [];
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
        started.set(item.actor?.id ?? null, item.actor);
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
      case "commented":
        comments.push(item);
        break;
      case "reviewed":
      case "line-commented":
      case "commit-commented":
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
    workStartedBy: [...started.values()].toSorted((a, b) => (a?.id ?? 0) - (b?.id ?? 0)),
    prompts: onceEach(items.flatMap(promptsOf)),
    retargetedAtMs,
    dismissals,
    asked: [...asked],
    comments,
    gaps: complete ? [] : [gap],
  };
}

/** Who called an agent or assigned one with this event. */
export function promptsOf(item: Item): readonly Prompt[] {
  const prompt = (by: Account | null, how: Prompt["how"]): readonly Prompt[] => (by === null ? [] : [{ by, how }]);
  switch (item.event) {
    case "assigned":
      // GitHub has shown who assigned under either name.
      return item.assignee === null || !isListed(item.assignee)
        ? []
        : [item.actor, item.assigner].flatMap((by) => prompt(by, "assigned"));
    case "commented":
    case "reviewed":
      return calls(item) ? prompt(item.user, "called") : [];
    case "line-commented":
    case "commit-commented":
      return item.comments.filter(calls).flatMap(({ user }) => prompt(user, "called"));
    case "labeled":
    case "unlabeled":
    case "review_requested":
    case "copilot_work_started":
    case "base_ref_changed":
    case "automatic_base_change_succeeded":
    case "review_dismissed":
    case "other":
      return [];
  }
}

/** Each person once for each way, by id. */
export function onceEach(prompts: readonly Prompt[]): readonly Prompt[] {
  const unique = new Map(prompts.map((prompt) => [`${prompt.by.id} ${prompt.how}`, prompt]));
  return [...unique.values()].toSorted((a, b) => a.by.id - b.by.id || byCodeUnits(a.how, b.how));
}

/** A review has no moment of its last edit: it may always be another text than the one that was first there. */
export function calls({ body, created_at, updated_at }: z.infer<typeof said>): boolean {
  return callsAgent(body ?? "", created_at === undefined || created_at !== updated_at);
}
