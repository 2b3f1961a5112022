import { count } from "../../lib/text.ts";
import { isUnknown, type Outcome } from "../terraform-plan/actions.ts";
import type { AttributedPlan } from "../terraform-plan/attribution.ts";
import type { AttributePath, PlannedValue } from "../terraform-plan/plan.ts";
import { type Concern, type Counts, type ReviewRow } from "../terraform-plan/review.ts";

/** What is the same in every renderer of a plan. Text of authors stands between backticks, as everywhere in reports. */

/** "Terraform plan of `terraform/production`, workspace `blue`". */
export function planName({ root, workspace }: Pick<AttributedPlan, "root" | "workspace">): string {
  const where = workspace === "" || workspace === "default" ? "" : `, workspace ${quoted(workspace)}`;
  return `Terraform plan of ${quoted(root === "" ? "." : root)}${where}`;
}

/** "2 deleted, 1 replaced, 12 created; 40 unchanged". */
export function countsLine(counts: Counts): string {
  const parts = happenings.flatMap(([outcome, words]) =>
    counts[outcome] === 0 ? [] : [`${counts[outcome]} ${words}`],
  );
  const unchanged = counts.nothing === 0 ? "" : `; ${counts.nothing} unchanged`;
  return `${parts.length === 0 ? "Nothing happens to any resource" : parts.join(", ")}${unchanged}`;
}

const happenings: readonly (readonly [Outcome, string])[] = [
  ["unknown", "with an action that this version does not know"],
  ["delete", "deleted"],
  ["replace", "replaced"],
  ["forget", "forgotten"],
  ["update", "updated"],
  ["create", "created"],
  ["import", "imported"],
  ["move", "moved"],
  ["read", "read"],
];

/** What happens to the resources of a row, with what follows from it. */
export function outcomeWords(row: ReviewRow): string {
  const { outcome, actions, deposed, stateful, imported } = row;
  const data = stateful ? ", with the data in it" : "";
  switch (outcome) {
    case "unknown":
      return `Unknown action ${quoted(actions.join(", "))}, taken for a deletion`;
    case "delete":
      return deposed ? "Deleted: what is left of an earlier replacement" : `Deleted${data}`;
    case "replace":
      if (actions.includes("forget")) return "Replaced: another is created, the former forgotten but left to exist";
      return `Replaced${data}: ${actions[0] === "create" ? "created, then the former deleted" : "deleted, then created"}`;
    case "forget":
      return "Forgotten: it goes on to exist, and nothing protects it any more";
    case "update":
      return imported ? "Imported and updated" : "Updated";
    case "create":
      return "Created";
    case "import":
      return "Imported";
    case "move":
      return "Moved";
    case "read":
      return "Read";
    case "nothing":
      return "Unchanged";
  }
}

/** Why Terraform does it, in its own account. It explains, and decides nothing. Empty where it says nothing. */
export function reasonWords({ reason, outcome, attributes }: ReviewRow): string {
  if (reason !== null) return reasons.get(reason) ?? `Terraform says ${quoted(reason)}`;
  const told = attributes.some(({ concern }) => concern === "forces");
  return outcome === "replace" && !told ? "the plan does not say what forces it" : "";
}

/** https://developer.hashicorp.com/terraform/internals/json-format#change-representation */
const reasons: ReadonlyMap<string, string> = new Map([
  ["replace_because_cannot_update", ""],
  ["replace_because_tainted", "it is marked as damaged"],
  ["replace_by_request", "somebody asked for it with `-replace`"],
  ["replace_by_triggers", "something that it names in `replace_triggered_by` changes"],
  ["delete_because_no_resource_config", "no configuration of it is left"],
  ["delete_because_wrong_repetition", "its `count` or `for_each` was added, removed or exchanged"],
  ["delete_because_count_index", "`count` does not reach it any more"],
  ["delete_because_each_key", "`for_each` does not name it any more"],
  ["delete_because_no_module", "no call of its module is left"],
  ["delete_because_no_move_target", "it was moved to an address that has no configuration"],
  ["read_because_config_unknown", "what it asks for is known only later"],
  ["read_because_dependency_pending", "what it depends on changes"],
  ["read_because_check_nested", "a `check` reads it"],
]);

/** What makes a plan worth less than it looks; the gravest first. */
export function shortcomings({ plan, trusted }: AttributedPlan): readonly string[] {
  const odd = plan.changes.filter(isUnknown).length;
  return [
    ...(plan.errored === true ? ["Planning failed on the way: this is the part that came before."] : []),
    ...(plan.complete === false
      ? ["It is not complete: applying it leaves something of the configuration undone."]
      : []),
    ...(plan.complete === null ? ["It does not say whether it is complete."] : []),
    ...(plan.priorState === null ? ["It starts from an empty state."] : []),
    ...(odd === 0 ? [] : [`${count(odd, "row")} in it cannot be understood.`]),
    ...(trusted ? [] : ["No workflow that the policy names made it: it can only speak against the change."]),
  ];
}

/** How a difference is introduced; empty: as it is. */
export function concernWords(concern: Concern): string {
  switch (concern) {
    case "forces":
      return "forces the replacement";
    case "removed":
      return "removed";
    case "lowered":
      return "lowered";
    case "changed":
    case "later":
      return "";
  }
}

/** `ingress[0].cidr_blocks`, with names that are no identifiers in quotes. */
export function pathText(path: AttributePath): string {
  return path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join("");
}

/** A value on one line. What is not kept of it is told in words. */
export function valueText(value: PlannedValue): string {
  switch (value.kind) {
    case "none":
      return "nothing";
    case "unknown":
      return "known after it is applied";
    case "sensitive":
      return "sensitive";
    case "digest":
      return `${value.length} characters, SHA-256 ${value.sha256.slice(0, 12)}`;
    case "literal":
      return typeof value.value === "string" ? JSON.stringify(value.value) : String(value.value);
    case "list":
      return `[${value.items.map(valueText).join(", ")}]`;
    case "object":
      return `{ ${value.entries.map((entry) => `${entry.key} = ${valueText(entry.value)}`).join(", ")} }`;
  }
}

/** Whether the text of a value is the author's, and not words of ours. */
export function isText({ kind }: PlannedValue): boolean {
  return kind === "literal" || kind === "list" || kind === "object";
}

/** Text of authors is put between backticks; what it has of them itself is not worth keeping there. */
export function quoted(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}

/** What is neither a resource nor an output, and has effects: one sentence each. */
export function effects({ plan }: AttributedPlan): readonly string[] {
  return [
    ...plan.invocations.map(({ address, triggeredBy, event, trigger }) => {
      const when =
        trigger === "lifecycle" && triggeredBy !== null
          ? ` with ${quoted(triggeredBy)}${event === null ? "" : ` (${quoted(event)})`}`
          : "";
      return `Calls ${quoted(address)}${when}`;
    }),
    ...plan.deferred.map(
      ({ change, reason }) =>
        `Leaves ${quoted(change.address)} for a later plan${reason === null ? "" : ` (${quoted(reason)})`}`,
    ),
    ...plan.checks
      .filter(({ status }) => status === "fail" || status === "error")
      .map(({ address, problems }) => {
        const [first] = problems;
        return `Its check ${quoted(address)} fails${first === undefined ? "" : `: ${quoted(first)}`}`;
      }),
  ];
}
