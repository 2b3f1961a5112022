import { byCodeUnits } from "../../lib/order.ts";
import type { Place } from "../change/change-set.ts";
import type { Evaluation, Finding, Overridden, Requirement } from "../evaluate/evaluation.ts";
import { byClock } from "../evaluate/conclude.ts";
import { isoMoment } from "../moments.ts";
import { planEntry } from "./plan.ts";
import { terraformPlanEntry } from "./terraform-plan-entry.ts";
import { overrideCommand } from "./overridden.ts";
import type { VerdictDocument } from "./verdict-schema.ts";
import { findingsWorstFirst, gapsWorstFirst } from "./worst-first.ts";

type Document = VerdictDocument;

/** An evaluation as `sallyport.verdict/1`, complete. */
export function verdictDocument(evaluation: Evaluation): Document {
  return { ...timeless(evaluation), evaluated_at: isoMoment(evaluation.evaluatedAtMs) };
}

/** The complete document, as text for files and pipes. */
export function renderVerdictJson(evaluation: Evaluation): string {
  return `${writeJson(verdictDocument(evaluation))}\n`;
}

/** JSON that stays inside a fence and a fold, and shows what it holds: neither backtick nor angle bracket nor unseen character. */
export function writeJson(value: unknown): string {
  return inert(JSON.stringify(value, null, 2));
}

/** Text of JSON in which nothing takes effect where it is shown. */
export function inert(json: string): string {
  return json.replace(/[`<>&]|[^\n -~\p{L}\p{N}\p{P}\p{S}]|\p{Variation_Selector}/gu, escaped);
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** The document without the reading of the clock. */
export function timeless(evaluation: Evaluation): Document {
  const { subject, next, policy, provenance, requirements, terraformPlans } = evaluation;
  const missing = requirements.filter(({ state }) => state.kind === "missing");
  const findings = findingsWorstFirst(evaluation.findings);
  const plan = planEntry(evaluation.plan);
  return {
    schema: "sallyport.verdict/1",
    subject: {
      kind: "pull_request",
      repository: `${subject.repository.owner}/${subject.repository.name}`,
      number: subject.number,
      base_ref: evaluation.baseRef,
      base_sha: evaluation.baseSha,
      head_sha: evaluation.headSha,
    },
    stale_when: "subject.head_sha is not your HEAD: fetch again, do not act on this",
    version: evaluation.version,
    policy: {
      sources: [...policy.sources],
      digest: policy.digest,
      stand_ins: policy.standIns.map(({ file, by, because }) => ({ file, by, because })),
    },
    mode: policy.mode,
    verdict: evaluation.verdict,
    risk: { tier: evaluation.risk.tier, because: [...evaluation.risk.because] },
    provenance: {
      author: provenance.author,
      agents: [...provenance.agents],
      invokers: provenance.invokers.map(({ login }) => login),
      invoker_known: provenance.invokerKnown,
    },
    reaches: evaluation.reach.flatMap(({ targets }) => targets.map(reachEntry)),
    next: {
      actor: next.actor,
      action: next.action,
      do: next.do,
      at: next.atMs === null ? null : isoMoment(next.atMs),
      after_that: next.actor === "people" ? [] : missing.filter(({ actor }) => actor === "people").map(thenAsk),
    },
    plan,
    ...(terraformPlans.length === 0 ? {} : { terraform_plans: terraformPlans.map((one) => terraformPlanEntry(one)) }),
    findings: findings.map((finding) => findingEntry(finding, evaluation)),
    gaps: gapsWorstFirst(evaluation.gaps).map(({ id, level, path, line, reason, remedy, overridden }) => ({
      id,
      level,
      path,
      line,
      reason,
      remedy,
      overridden: overriddenEntry(overridden),
      override: overrideEntry(id, evaluation),
    })),
    requirements: requirements.map(requirementEntry),
    ...policyEntries(evaluation),
    no_effect: [
      "editing the policy, CODEOWNERS or a workflow in this pull request: the base branch decides",
      "an override by an agent, or by anybody with a part in this change",
      `waiver or suppression comments, labels, title, description${butFor(plan !== null, requirements)}, closing and reopening, a second pull request with the same change`,
    ],
    verify: {
      command: `npx --no -- sallyport check --base ${evaluation.baseSha} --format json`,
      does_not_know: evaluation.unknowable.length > 0 ? [...evaluation.unknowable] : ["approvals"],
    },
    ask: {
      who: [...new Set([...findings.flatMap(({ reviewers }) => reviewers), ...missing.map(({ from }) => from)])].sort(
        byCodeUnits,
      ),
      when: "a bound is wrong for this change, or nothing that passes does what is needed",
    },
    omitted: { findings: 0, gaps: 0, reaches: 0, requirements: 0, patches: 0, loosened: 0, would_change: 0, plan: 0 },
  };
}

/** What the title and the description do say, as an aside. */
function butFor(declares: boolean, requirements: readonly Requirement[]): string {
  const ticket = requirements.some(({ kind }) => kind === "ticket") ? ["a ticket that is asked for"] : [];
  const all = [...(declares ? ["the plan that it declares"] : []), ...ticket];
  return all.length === 0 ? "" : ` (but for ${all.join(" and ")})`;
}

function reachEntry(target: Evaluation["reach"][number]["targets"][number]): Document["reaches"][number] {
  const chain = target.chain.map(({ path, line }) => (line === null ? path : `${path}:${line}`));
  return { environment: target.environment, service: target.service, chain };
}

function thenAsk({ kind, what, from }: Requirement): Document["next"]["after_that"][number] {
  const action = kind === "auto_merge" ? "disarm" : kind === "ticket" ? "name_ticket" : "approve";
  return { actor: "people", action, do: `${what}, from ${from}. You cannot obtain them or speed them up.` };
}

function findingEntry(finding: Finding, evaluation: Evaluation): Document["findings"][number] {
  const { passes, fix, bounds, waived } = finding;
  const author = evaluation.provenance.author === "agent" ? "agent" : "author";
  const byAuthor = finding.clearedBy === "author" ? ([author] as const) : [];
  return {
    id: finding.id,
    rule: finding.rule,
    invariant: finding.invariant,
    level: finding.level,
    severity: finding.severity,
    confidence: finding.confidence,
    message: finding.message,
    why: finding.why,
    remedy: finding.remedy,
    place: placeEntry(finding.place, finding),
    before: finding.before ?? null,
    after: finding.after ?? null,
    bounds: bounds === null ? null : { columns: [...bounds.columns], rows: bounds.rows.map((row) => [...row]) },
    bounds_from: finding.boundsFrom.map(({ key, value }) => ({ key, value })),
    passes:
      passes === null
        ? null
        : {
            bound: passes.atLeast === true ? "at least" : "at most",
            clean: passes.clean,
            with_approvals: passes.withApprovals,
            because: passes.because,
          },
    fix:
      fix === null
        ? null
        : {
            applies_to: evaluation.headSha,
            patch: fix.patch,
            evaluated: { verdict: fix.after.verdict, clears: [...fix.after.clears], adds: [...fix.after.adds] },
          },
    cleared_by: [
      ...byAuthor,
      ...(finding.level === "review" || finding.clearedBy === "people" ? ["people" as const] : []),
    ],
    reviewers: [...finding.reviewers],
    waived: waived === null ? null : { reason: waived.reason, by: waived.by, until: waived.until },
    overridden: overriddenEntry(finding.overridden),
    override: overrideEntry(finding.id, evaluation),
  };
}

function overriddenEntry(overridden: Overridden | null): Document["findings"][number]["overridden"] {
  if (overridden === null) return null;
  const { by, reasons, glassUntilMs } = overridden;
  return { by: [...by], reasons: [...reasons], glass_until: glassUntilMs === null ? null : isoMoment(glassUntilMs) };
}

function overrideEntry(id: string, evaluation: Evaluation): Document["findings"][number]["override"] {
  const own = evaluation.overriding.find((one) => one.id === id);
  if (own === undefined) return null;
  return {
    command: overrideCommand(evaluation, own.name),
    by: own.from,
    count: own.need,
    have: own.counted.length,
  };
}

function placeEntry(place: Place, { object, pointer }: Finding): Document["findings"][number]["place"] {
  const { endLine, endColumn } = place;
  return {
    path: place.path,
    side: place.side,
    start: { line: place.line, column: place.column ?? null },
    end: endLine === undefined ? null : { line: endLine, column: endColumn ?? null },
    object,
    pointer,
  };
}

function requirementEntry(requirement: Requirement): Document["requirements"][number] {
  const { state } = requirement;
  const untilMs = state.kind === "waiting" ? state.untilMs : byClock(requirement) ? requirement.laterMs : null;
  return {
    id: requirement.id,
    kind: requirement.kind,
    what: requirement.what,
    from: requirement.from,
    now: requirement.now,
    actor: requirement.actor,
    state: state.kind,
    until: untilMs === null ? null : isoMoment(untilMs),
    need: requirement.need,
    have: requirement.have,
    counted: [...requirement.counted],
    excluded: requirement.excluded.map(({ login, because, countsFromMs }) => ({
      login,
      because,
      counts_from: countsFromMs === null ? null : isoMoment(countsFromMs),
    })),
  };
}

function policyEntries({
  policyChange: change,
}: Evaluation): Pick<Document, "policy_change" | "loosened" | "would_change"> {
  if (change === null) return { policy_change: null, loosened: [], would_change: [] };
  const { paths, loosens, effects } = change;
  const known = { paths: [...paths], loosens_known: loosens !== null };
  const loosened = (loosens ?? []).map(({ key, before, after }) => ({ key, before, after }));
  if (effects.kind === "untold") {
    const entry = { ...known, effects: null, effects_untold: effects.because };
    return { policy_change: entry, loosened, would_change: [] };
  }
  const { judged, untold, older, olderAtLeast } = effects;
  const counts = { judged, untold, older, older_at_least: olderAtLeast };
  return {
    policy_change: { ...known, effects: counts, effects_untold: null },
    loosened,
    would_change: effects.effects.map(({ number, before, after }) => ({
      number,
      before: { ...before },
      after: { ...after },
    })),
  };
}
