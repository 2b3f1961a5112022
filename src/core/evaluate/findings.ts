import { aboutAll } from "../../lib/about.ts";
import { byCodeUnits } from "../../lib/order.ts";
import { sha256 } from "../../lib/digest.ts";
import type { Gap } from "../change/change-set.ts";
import { loosening } from "../policy/patterns.ts";
import type { Policy, Treatment } from "../policy/schema.ts";
import type { Context, Observation, Rule, Sighting, Undecided } from "../rule.ts";
import type { Views } from "../views/views.ts";
import type { Finding, Level } from "./evaluation.ts";
import type { Scope } from "./scope.ts";

/** A finding whose fix has not been tried yet. */
export type UntriedFinding = Omit<Finding, "fix"> & {
  readonly edits: Sighting["fix"];
  /** One of each list must accept it. */
  readonly acceptedBy: Treatment["from"];
  /** What it is about, as the rule says: part of its id. */
  readonly about: string;
};

export interface Observed {
  readonly findings: readonly UntriedFinding[];
  readonly gaps: readonly Gap[];
  /** Of files that no rule could read, one for each path. */
  readonly unread: readonly Gap[];
}

/** Runs every rule that the policy does not switch off. A rule that throws is a Gap: it did not say that all is well. */
export function observe(
  rules: readonly Rule[],
  views: Views,
  context: Context,
  policy: Policy,
  scope: Scope,
  nowMs: number,
): Observed {
  const findings: UntriedFinding[] = [];
  const gaps: Gap[] = [];
  const open: Open[] = [];
  for (const rule of rules) {
    const treatment = treatmentOf(rule, policy);
    if (treatment.level === "off") continue;
    for (const observation of run(rule, views, context, policy, gaps)) {
      if (!("undecided" in observation)) findings.push(judged(rule, observation, treatment, policy, scope, nowMs));
      else if (treatment.level !== "observe") open.push({ rule, observation });
      else findings.push(judged(rule, shown(observation), treatment, policy, scope, nowMs));
    }
  }
  const left = findings.filter((finding) => !findings.some((other) => covers(other, finding, rules)));
  return {
    findings: toldApart(left).sort(worstFirst),
    gaps: [...gaps, ...undecided(open.filter(({ observation }) => observation.unread !== true))],
    unread: unreadIn(open.filter(({ observation }) => observation.unread === true)),
  };
}

/** What one rule could not decide. */
interface Open {
  readonly rule: Rule;
  readonly observation: Undecided;
}

const idDigits = 6;
/** As many as nobody finds two names for. */
const longIdDigits = 32;

function idOf(rule: string, about: string, digits: number): string {
  return `${rule}:${sha256(JSON.stringify([rule, about])).slice(0, digits)}`;
}

/**
 * Ids are short, for people who type them, and authors choose the names that they are made of: who finds two for one id must not have
 * both lifted by an override that was given for one. Where two things share an id, each gets a longer one.
 */
function toldApart(findings: readonly UntriedFinding[]): UntriedFinding[] {
  const first = new Map<string, string>();
  const shared = new Set<string>();
  for (const { id, about } of findings) {
    if (!first.has(id)) first.set(id, about);
    else if (first.get(id) !== about) shared.add(id);
  }
  return findings.map((one) => (shared.has(one.id) ? { ...one, id: idOf(one.rule, one.about, longIdDigits) } : one));
}

/** Whether `other` is of the rule that this one's rule yields to, about the same, and asks at least as much. */
function covers(other: UntriedFinding, finding: UntriedFinding, rules: readonly Rule[]): boolean {
  const rule = rules.find(({ id }) => id === finding.rule);
  if (rule?.yieldsTo.includes(other.rule) !== true || other.about !== finding.about || other.waived !== null)
    return false;
  if (other.level !== finding.level) return levelOrder[other.level] < levelOrder[finding.level];
  // Of two that yield to each other one stays.
  const isMutual = rules.find(({ id }) => id === other.rule)?.yieldsTo.includes(finding.rule) === true;
  if (isMutual && byCodeUnits(other.rule, finding.rule) > 0) return false;
  return finding.acceptedBy.every((list) => other.acceptedBy.some((one) => sameList(one, list)));
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}

/** The policy's word on a rule, else on its invariant; some rules block whatever it says. */
export function treatmentOf(rule: Pick<Rule, "id" | "invariant" | "always">, policy: Policy): Treatment {
  if (rule.always === "block") return { level: "block", from: [] };
  return policy.rules[rule.id]?.treatment ?? policy.invariants[rule.invariant];
}

function run(rule: Rule, views: Views, context: Context, policy: Policy, gaps: Gap[]): readonly Observation[] {
  try {
    return distinct(rule.observe(views, policy.rules[rule.id]?.options ?? {}, context));
  } catch (error) {
    gaps.push({
      id: `rule-failed:${rule.id}`,
      level: "hold",
      path: null,
      side: "head",
      line: null,
      reason: `the rule ${rule.id} failed (${error instanceof Error ? error.name : "unknown error"})`,
      remedy: "This is a fault of Sallyport: report it with the head SHA. People can accept the gap.",
    });
    return [];
  }
}

/**
 * One line that many objects are made of is told once, where the same is to be said of each: one block that many configurations use, a base
 * under many overlays. What is told is about all of them, so that it is another finding once there is one more.
 */
function distinct(observations: readonly Observation[]): readonly Observation[] {
  const alike = Map.groupBy(observations, (one) => JSON.stringify(apart(one)));
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const abouts = group.map(({ about, at }) => about ?? at.path);
    if (new Set(abouts).size === 1) return [...new Map(group.map((one) => [JSON.stringify(one), one])).values()];
    const paths = [...new Set(group.flatMap((one) => ("undecided" in one ? [] : (one.paths ?? []))))].toSorted(
      byCodeUnits,
    );
    return [{ ...first, about: aboutAll(abouts), ...("undecided" in first || paths.length === 0 ? {} : { paths }) }];
  });
}

/**
 * An observation without what it is about: an object that has a kind (`Deployment/search`) goes by it alone, since overlays may give it other
 * names. What has none is named in the message, and stays apart: two columns that one statement drops are two losses.
 */
function apart(one: Observation): unknown {
  const { about: _, ...rest } = one;
  if ("undecided" in rest) return rest;
  const { paths: __, object = "", passes, message, ...sighting } = rest;
  const name = object.includes("/") ? object.slice(object.lastIndexOf("/") + 1) : "";
  return {
    ...sighting,
    message: name === "" ? message : message.replaceAll(`\`${name}\``, "``"),
    kind: object.slice(0, Math.max(0, object.indexOf("/"))),
    passes: [passes?.clean, passes?.withApprovals, passes?.atLeast],
  };
}

/** What a rule could not decide weighs no more than what it would have found: where that is only shown, this is too. */
function shown({ at, undecided: what, about }: Undecided): Sighting {
  return { at, message: `not decided: ${what}`, ...(about === undefined ? {} : { about }) };
}

/** Whatever rules would have looked for in it: one file is one thing to decide. */
function unreadIn(open: readonly Open[]): readonly Gap[] {
  return [...Map.groupBy(open, ({ observation }) => observation.at.path).values()].flatMap((asking) => {
    const [first] = asking;
    const rules = [...new Set(asking.map(({ rule }) => rule.id))];
    const all = asking.map(({ observation }) => observation);
    return first === undefined ? [] : [gapOf(rules, first.observation, all)];
  });
}

/** An expression that several rules would have to know is one thing to decide: one gap, which names them all. */
function undecided(open: readonly Open[]): readonly Gap[] {
  const places = Map.groupBy(open, ({ rule, observation: { at, about } }) =>
    JSON.stringify(at.column === undefined ? [rule.id, about, at] : at),
  );
  return [...places.values()].flatMap((asking) => {
    const [first] = asking;
    if (first === undefined) return [];
    // Of one rule about several things at one place, each stays its own.
    const rules = [...new Set(asking.map(({ rule }) => rule.id))];
    if (rules.length === 1) return asking.map(({ rule, observation }) => gapOf([rule.id], observation, []));
    return [
      gapOf(
        rules,
        first.observation,
        asking.map(({ observation }) => observation),
      ),
    ];
  });
}

function gapOf(rules: readonly string[], first: Undecided, more: readonly Undecided[]): Gap {
  const { at, about } = first;
  const what = [...new Set([first, ...more].map((one) => one.undecided))].join("; ");
  return {
    id: `undecided:${rules[0]}:${about ?? `${at.path}:${at.line}`}`,
    level: "hold",
    path: at.path,
    side: at.side,
    line: at.line,
    reason: `${what} (${rules.length === 1 ? "rule" : "rules"} ${rules.join(", ")})`,
    remedy: first.remedy ?? "Write the value out, or have people accept that it is not decided.",
  };
}

function judged(
  rule: Rule,
  sighting: Sighting,
  treatment: Treatment,
  policy: Policy,
  scope: Scope,
  nowMs: number,
): UntriedFinding {
  const about = sighting.about ?? sighting.at.path;
  return {
    id: idOf(rule.id, about, idDigits),
    about,
    rule: rule.id,
    invariant: rule.invariant,
    level: levelOf(treatment, sighting, scope),
    severity: rule.severity,
    confidence: rule.confidence,
    message: sighting.message,
    why: rule.why,
    remedy: sighting.remedy ?? rule.remedy,
    place: sighting.at,
    object: sighting.object ?? null,
    pointer: sighting.pointer ?? null,
    before: sighting.before,
    after: sighting.after,
    bounds: sighting.bounds ?? null,
    workings: sighting.workings ?? null,
    boundsFrom: sighting.boundsFrom ?? [],
    passes: sighting.passes ?? null,
    edits: sighting.fix,
    clearedBy: rule.clearedBy,
    acceptedBy: treatment.from,
    reviewers: treatment.from.map((list) => list.join(" or ")),
    overridden: null,
    waived: waiverFor(rule, [sighting.at.path, ...(sighting.paths ?? [])], policy, nowMs),
  };
}

function levelOf(treatment: Treatment, sighting: Sighting, scope: Scope): Level {
  if (sighting.blocks === true) return scope === "lenient" ? "review" : "block";
  switch (treatment.level) {
    case "off":
    case "observe":
      return "observe";
    case "review":
      return "review";
    case "block":
      return sighting.asks === true || scope === "lenient" ? "review" : "block";
  }
}

/** A waiver loosens, so its paths match exactly, and cover all that the finding is about; a rule that always blocks cannot be waived. */
function waiverFor(rule: Rule, paths: readonly string[], policy: Policy, nowMs: number): Finding["waived"] {
  if (rule.always !== null) return null;
  const waiver = policy.waivers.find(
    (one) => one.rule === rule.id && nowMs < one.untilMs && paths.every(loosening(one.paths)),
  );
  return waiver === undefined ? null : { reason: waiver.reason, by: waiver.by, until: waiver.until };
}

const levelOrder: Readonly<Record<Level, number>> = { block: 0, review: 1, observe: 2 };
const severityOrder: Readonly<Record<Finding["severity"], number>> = { critical: 0, high: 1, medium: 2, low: 3 };

function worstFirst(a: UntriedFinding, b: UntriedFinding): number {
  return (
    Number(a.waived !== null) - Number(b.waived !== null) ||
    levelOrder[a.level] - levelOrder[b.level] ||
    severityOrder[a.severity] - severityOrder[b.severity] ||
    byCodeUnits(a.place.path, b.place.path) ||
    a.place.line - b.place.line ||
    byCodeUnits(a.id, b.id)
  );
}
