import { shorten } from "../../lib/text.ts";
import type { Evaluation } from "../evaluate/evaluation.ts";
import { inert, timeless } from "./verdict-json.ts";
import type { VerdictDocument as Document } from "./verdict-schema.ts";

/** What the report keeps free for the block that agents read. */
export const agentBlockMax = 16_000;
/** A patch longer than this would push findings out of the block. */
const patchMax = 4_000;
const planMax = 3_000;
const terraformPlansMax = 4_000;

/**
 * The document for the JSON block of a check run: without the reading of the clock, at most 16,000 characters. It is made smaller
 * by whole entries from the ends of its lists, counted in `omitted`, never by cutting the text.
 */
export function agentBlock(evaluation: Evaluation): string {
  const full = withoutLongTerraformPlans(withoutLongPlan(withoutLongPatches(timeless(evaluation))));
  const text = writeCompactJson(withoutEnds(full));
  return text.length <= agentBlockMax ? text : writeCompactJson(bare(full));
}

/** One line for every key, and for every entry of a list of entries: short, and still to be read by people. */
function writeCompactJson(document: Document): string {
  const lines = Object.entries(document).map(([key, value]) => {
    const isList = Array.isArray(value) && value.some((entry) => typeof entry === "object");
    const entries = isList ? value.map((entry: unknown) => `\n  ${JSON.stringify(entry)}`).join(",") : "";
    return ` ${JSON.stringify(key)}: ${isList ? `[${entries}]` : JSON.stringify(value)}`;
  });
  return inert(`{\n${lines.join(",\n")}\n}`);
}

function withoutLongPatches(document: Document): Document {
  const isLong = ({ fix }: Document["findings"][number]) => (fix?.patch ?? "").length > patchMax;
  return {
    ...document,
    findings: document.findings.map((finding) =>
      isLong(finding) && finding.fix !== null ? { ...finding, fix: { ...finding.fix, patch: null } } : finding,
    ),
    omitted: { ...document.omitted, patches: document.findings.filter(isLong).length },
  };
}

/** A plan is its author's text: it must not push findings out either. What it is stays, and how much was left out. */
function withoutLongPlan(document: Document): Document {
  const { plan, omitted } = document;
  if (plan === null || inert(JSON.stringify(plan)).length <= planMax) return document;
  const lists = [plan.paths, plan.environments, plan.services, plan.kinds, plan.mistakes, plan.before?.added ?? null];
  const left = lists.reduce((sum, list) => sum + (list?.length ?? 0), plan.template === null ? 0 : 1);
  const emptied = (list: readonly string[] | null) => (list === null ? null : []);
  return {
    ...document,
    plan: {
      ...plan,
      paths: emptied(plan.paths),
      environments: emptied(plan.environments),
      services: emptied(plan.services),
      kinds: emptied(plan.kinds),
      mistakes: [],
      before: plan.before === null ? null : { ...plan.before, added: [] },
      template: null,
    },
    omitted: { ...omitted, plan: left },
  };
}

/** As many plans of Terraform as fit by their counts, then as many of their rows, the gravest first. */
function withoutLongTerraformPlans(document: Document): Document {
  const { terraform_plans: plans, omitted } = document;
  if (plans === undefined) return document;
  let room = terraformPlansMax;
  const fits = (entry: unknown): boolean => {
    const size = entrySize(entry);
    if (size > room) return false;
    room -= size;
    return true;
  };
  const counted = plans.filter((plan) => fits({ ...plan, rows: [] }));
  const kept = counted.map((plan) => {
    const rows = plan.rows.filter(fits);
    return { ...plan, rows, more_rows: plan.more_rows + plan.rows.length - rows.length };
  });
  const left = plans.length - counted.length;
  return {
    ...document,
    terraform_plans: kept,
    omitted: { ...omitted, ...(left === 0 ? {} : { terraform_plans: left }) },
  };
}

/** The lists that give way, the one that matters least first, and how many entries of each are worth more than the next list. */
const lists = [
  { name: "reaches", keep: 3 },
  { name: "would_change", keep: 3 },
  { name: "loosened", keep: 1 },
  { name: "findings", keep: 1 },
  { name: "gaps", keep: 0 },
  { name: "requirements", keep: 0 },
] as const;
type ListName = (typeof lists)[number]["name"];

/** Drops entries from the ends of the lists until the rest fits. The order of dropping does not depend on what the entries say. */
function withoutEnds(document: Document): Document {
  const frame = writeCompactJson(cut(document, () => 0)).length;
  const sizes = new Map<ListName, number[]>(lists.map(({ name }) => [name, document[name].map(entrySize)]));
  const sum = (all: readonly number[]) => all.reduce((total, size) => total + size, 0);
  let size = frame + sum([...sizes.values()].flat()) + frameSlack;
  for (const { name, keep } of lists) {
    const own = sizes.get(name) ?? [];
    while (size > agentBlockMax && own.length > keep) size -= own.pop() ?? 0;
  }
  return cut(document, (name) => sizes.get(name)?.length ?? 0);
}

/** Each list up to what is left of it, with the rest counted. */
function cut(document: Document, left: (name: ListName) => number): Document {
  const { reaches, would_change, loosened, findings, gaps, requirements, omitted } = document;
  const gone = (name: ListName): number => document[name].length - left(name);
  return {
    ...document,
    reaches: reaches.slice(0, left("reaches")),
    would_change: would_change.slice(0, left("would_change")),
    loosened: loosened.slice(0, left("loosened")),
    findings: findings.slice(0, left("findings")),
    gaps: gaps.slice(0, left("gaps")),
    requirements: requirements.slice(0, left("requirements")),
    omitted: {
      ...omitted,
      reaches: gone("reaches"),
      would_change: gone("would_change"),
      loosened: gone("loosened"),
      findings: gone("findings"),
      gaps: gone("gaps"),
      requirements: gone("requirements"),
    },
  };
}

/** Room for the counts and for the brackets of the lists. */
const frameSlack = 64;

/** What one entry takes in the block; one that fills the block alone is not measured further. */
function entrySize(entry: unknown): number {
  const json = JSON.stringify(entry);
  return (json.length > agentBlockMax ? json.length : inert(json).length) + 4;
}

/** What remains when texts are so long that no entry fits: the verdict, on which head, and who acts. */
function bare(document: Document): Document {
  const short = (text: string) => shorten(text, 200);
  const { subject, policy_change: change } = document;
  return {
    ...cut(bareOfPlans(document), () => 0),
    subject: { ...subject, repository: short(subject.repository), base_ref: short(subject.base_ref) },
    policy: {
      sources: document.policy.sources.slice(0, 3).map(short),
      digest: short(document.policy.digest),
      stand_ins: [],
    },
    version: short(document.version),
    risk: { tier: document.risk.tier, because: document.risk.because.slice(0, 3).map(short) },
    provenance: {
      ...document.provenance,
      agents: document.provenance.agents.slice(0, 3).map(short),
      invokers: document.provenance.invokers.slice(0, 3).map(short),
    },
    next: { ...document.next, do: short(document.next.do), after_that: [] },
    policy_change:
      change === null
        ? null
        : {
            ...change,
            paths: change.paths.slice(0, 3).map((path) => shorten(path, 60)),
            effects_untold: change.effects_untold === null ? null : shorten(change.effects_untold, 60),
          },
    verify: {
      command: short(document.verify.command),
      does_not_know: document.verify.does_not_know.slice(0, 3).map(short),
    },
    ask: { ...document.ask, who: document.ask.who.slice(0, 3).map(short) },
  };
}

function bareOfPlans({ terraform_plans: plans, omitted, ...rest }: Document): Document {
  return plans === undefined
    ? { ...rest, omitted }
    : { ...rest, omitted: { ...omitted, terraform_plans: plans.length } };
}
