import { code, fence, prose } from "../../lib/markdown.ts";
import { count } from "../../lib/text.ts";
import { type DeclaredPlan, marksIn, type PlanDifference, planParts, type PlanTold } from "../plan/plan.ts";
import type { VerdictDocument } from "./verdict-schema.ts";
import { someOf } from "./words.ts";

const entriesShown = 8;
const digestShown = 12;

/** What is declared, what has grown since an earlier report, and a plan to begin with where one is missing. Empty: none of it. */
export function planSection({ declared, before, template }: PlanTold): string {
  const parts = [
    declaredLine(declared),
    before === null ? "" : differenceLine(before, declared),
    declared.kind === "declared" && declared.summary !== null
      ? `In its author's words (not evidence): ${code(declared.summary)}`
      : "",
    template === null
      ? ""
      : `**A plan to begin with.** It says what the change does now; its author knows what it is meant to do.\n\n${fence("", template)}`,
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function declaredLine(declared: DeclaredPlan): string {
  switch (declared.kind) {
    case "none":
      return "";
    case "declared": {
      const { plan, marks } = declared;
      const bounds = planParts.map((part) => {
        const entries = plan[part];
        return entries === null ? `any ${part}` : `${part} ${named(entries)}`;
      });
      return `**Declared plan** ${digest(marks)}: ${bounds.join("; ")}.`;
    }
    case "unreadable":
      return `**The declared plan cannot be read**: ${prose(someOf(declared.mistakes, entriesShown), 600)}.`;
  }
}

function differenceLine({ digest: whole, added, unbounded, gone }: PlanDifference, declared: DeclaredPlan): string {
  const earlier = `An earlier report showed the plan ${digest({ digest: whole })}`;
  if (declared.kind === "none") return `**The plan was taken away.** ${earlier}; none is declared now.`;
  if (declared.kind === "unreadable") return `${earlier}.`;
  const grown = planParts.flatMap((part) => {
    const entries = added.filter((one) => one.part === part).map(({ entry }) => entry);
    return [
      ...(entries.length === 0 ? [] : [`new ${part} ${named(entries)}`]),
      ...(unbounded.includes(part) ? [`${part} no longer bounded`] : []),
    ];
  });
  const left = gone === 0 ? "" : ` ${count(gone, "entry", "entries")} of it ${gone === 1 ? "is" : "are"} gone.`;
  if (grown.length === 0) return `${earlier}; nothing has been added to it.${left}`;
  return `**The plan has grown.** ${earlier}; since then: ${grown.join("; ")}.${left}`;
}

function named(entries: readonly string[]): string {
  return someOf(
    entries.map((entry) => code(entry)),
    entriesShown,
  );
}

function digest(marks: { readonly digest: string }): string {
  return code(marks.digest.slice(0, digestShown));
}

/** The same for `sallyport.verdict/1`; null where there is nothing to tell. */
export function planEntry({ declared, before, template }: PlanTold): VerdictDocument["plan"] {
  if (declared.kind === "none" && before === null && template === null) return null;
  const plan = declared.kind === "declared" ? declared.plan : null;
  const list = (entries: readonly string[] | null) => (entries === null ? null : [...entries]);
  return {
    state: declared.kind,
    digest: marksIn(declared)?.digest ?? null,
    paths: list(plan?.paths ?? null),
    environments: list(plan?.environments ?? null),
    services: list(plan?.services ?? null),
    kinds: list(plan?.kinds ?? null),
    mistakes: declared.kind === "unreadable" ? [...declared.mistakes] : [],
    before:
      before === null
        ? null
        : {
            digest: before.digest,
            added: before.added.map(({ part, entry }) => ({ part, entry })),
            unbounded: [...before.unbounded],
            gone: before.gone,
          },
    template,
  };
}
