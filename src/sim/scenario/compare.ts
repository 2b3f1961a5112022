import { byCodeUnits } from "../../lib/order.ts";
import type { Expected, ExpectedGate, ExpectedIssue, LedgerEntry } from "./expectation.ts";
import { reportOf, type Seen, type ShownRun } from "./seen.ts";

/** One thing that is not as it was expected. */
export interface Difference {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** Everything in which what is seen differs from what is expected, in the order of the keys. */
export function differences(expected: Expected, seen: Seen): readonly Difference[] {
  return [
    ...ofRun(expected, seen),
    ...ofReport(expected, seen),
    ...ofSurroundings(expected, seen),
    ...ofBranch(expected, seen),
    ...ofGate(expected.gate, seen),
    ...ofIssues(expected.issues, seen),
    ...ofAftermath(expected, seen),
  ];
}

function ofRun(expected: Expected, { runs }: Seen): readonly Difference[] {
  const [run] = runs;
  const report = reportOf(run);
  const live = outsideCode(report);
  return [
    ...same("verdict", expected.verdict, standsFor(run)),
    ...same("status", expected.status, run?.status),
    ...same("conclusion", expected.conclusion, run?.conclusion ?? "none"),
    ...contains("title", expected.title, run?.output?.title ?? ""),
    ...(expected.says ?? []).flatMap((text) => contains("says", text, report)),
    ...(expected.never_says ?? [])
      .filter((text) => live.includes(text))
      .map((text) => ({ what: "never_says", expected: `no ${JSON.stringify(text)}`, found: "it is there" })),
    ...same("runs", expected.runs, runs.length),
  ];
}

/** A Markdown text without its code, in which nothing takes effect. */
export function outsideCode(markdown: string): string {
  const withoutBlocks = markdown.replaceAll(/^(?<fence>`{3,}|~{3,})[^\n]*\n[\s\S]*?^\k<fence>[ \t]*$/gmu, "");
  return withoutBlocks.replaceAll(/(?<!`)(?<run>`+)(?!`)[^\n]*?(?<!`)\k<run>(?!`)/gu, "");
}

/** What the newest run means to GitHub, as a verdict. */
export function standsFor(run: ShownRun | undefined): NonNullable<Expected["verdict"]> | "no verdict" {
  if (run === undefined) return "absent";
  if (run.status !== "completed") return "wait";
  switch (run.conclusion) {
    case "success":
      return "allow";
    case "action_required":
      return "hold";
    case "failure":
      return run.output?.title === "No longer current" ? "superseded" : "block";
    case "cancelled":
    case "neutral":
    case "skipped":
    case "timed_out":
    case null:
      return "no verdict";
  }
}

function ofReport(expected: Expected, { document }: Seen): readonly Difference[] {
  const unmet = document?.requirements.filter(({ state }) => state !== "met") ?? [];
  const excluded = document?.requirements.flatMap((requirement) => requirement.excluded) ?? [];
  return [
    ...same("own", expected.own, document?.verdict),
    ...sameSet("findings", expected.findings, document?.findings.map(({ rule }) => rule) ?? []),
    ...eachContains("gaps", expected.gaps, document?.gaps.map(({ id, reason }) => `${id}: ${reason}`) ?? []),
    ...eachContains(
      "missing",
      expected.missing,
      unmet.map(({ what, from, now }) => `${what}, from ${from}: ${now}`),
    ),
    ...sameSet("counted", expected.counted, document?.requirements.flatMap(({ counted }) => counted) ?? []),
    ...ofExcluded(expected.excluded, excluded),
    ...sameSet("invokers", expected.invokers, document?.provenance.invokers ?? []),
    ...same("author", expected.author, document?.provenance.author),
    ...sameSet("agents", expected.agents, document?.provenance.agents ?? []),
    ...sameSet("reaches", expected.reaches, document?.reaches.map(({ environment }) => environment) ?? []),
    ...same("risk", expected.risk, document?.risk.tier),
    ...same("next", expected.next, document?.next.actor),
    ...eachContains("policy", expected.policy, document?.policy.sources ?? []),
  ];
}

function ofAftermath(expected: Expected, { reverts, cases }: Seen): readonly Difference[] {
  return [
    ...eachContains(
      "reverts",
      expected.reverts,
      reverts.map(({ number, title, state }) => `${number}: ${title}, ${state}`),
    ),
    ...eachContains(
      "after",
      expected.after,
      cases.map(({ cause, environment, changes, did, revert, rolledBack }) => {
        const numbers = changes.map(({ number, isAgent }) => `pull request ${number}${isAgent ? "" : " (no agent)"}`);
        const back = rolledBack.map(({ by }) => `, rolled back by ${by}`).join("");
        return `${cause} in ${environment}: ${numbers.join(", ")}, ${did}${revert === null ? "" : ` by ${revert}`}${back}`;
      }),
    ),
  ];
}

function ofExcluded(
  expected: Expected["excluded"],
  found: readonly { readonly login: string; readonly because: string }[],
): readonly Difference[] {
  if (expected === undefined) return [];
  const logins = found.map(({ login }) => login);
  return [
    ...sameSet("excluded", Object.keys(expected), logins),
    ...Object.entries(expected).flatMap(([login, because]) => {
      const reasons = found.filter((one) => one.login === login).map((one) => one.because);
      return logins.includes(login) ? contains(`excluded ${login}`, because, reasons.join("; ")) : [];
    }),
  ];
}

function ofSurroundings(expected: Expected, seen: Seen): readonly Difference[] {
  return [
    ...same("writes", expected.writes, seen.writes),
    ...same("mergeable", expected.mergeable, seen.mergeable),
    ...same("queued", expected.queued, seen.queued),
    ...same("merged", expected.merged, seen.pull !== null && seen.pull.state.merged !== null),
    ...sameSet("labels", expected.labels, seen.pull?.state.labels.map(({ name }) => name) ?? []),
    ...sameSet("asked", expected.asked, asked(seen.pull)),
    ...sameSet("reactions", expected.reactions, seen.reactions),
    ...same("answered", expected.answered, seen.answered ?? undefined),
    ...ofLedger(expected.ledger, seen),
  ];
}

function asked(pull: Seen["pull"]): readonly string[] {
  if (pull === null) return [];
  const { requestedReviewers, requestedTeams } = pull.state;
  return [...requestedReviewers.map(({ login }) => login), ...requestedTeams.map(({ slug }) => slug)];
}

function ofLedger(expected: readonly LedgerEntry[] | undefined, { ledger }: Seen): readonly Difference[] {
  return (expected ?? []).flatMap((wanted, index): readonly Difference[] => {
    const entry: Readonly<Record<string, unknown>> = ledger?.[index]?.entry ?? {};
    return Object.entries(wanted).flatMap(([key, value]) => {
      const found = entry[key] as typeof value;
      return same(`ledger[${index}].${key}`, value ?? "null", found === null ? "null" : found);
    });
  });
}

function ofBranch(expected: Expected, { branch, logins, comments }: Seen): readonly Difference[] {
  const by = (id: number | null): string => (id === null ? "nobody" : (logins.get(id) ?? `${id}`));
  const ways = branch.toReversed().flatMap((entry) => entry.ways);
  const alarms = (branch[0]?.alarms ?? []).map(({ kind, way, issues, raised }) => {
    return `${kind} ${issues === null ? `on pull request ${way?.number ?? "?"}` : `in ${issues}`}: ${raised === null ? "failed" : "raised"}`;
  });
  return [
    ...eachContains(
      "around",
      expected.around,
      ways.map(
        ({ way, number, actorId }) => `${way}${number === null ? "" : ` of pull request ${number}`} by ${by(actorId)}`,
      ),
    ),
    ...eachContains("alarms", expected.alarms, alarms),
    ...eachContains("comments", expected.comments, comments),
  ];
}

function ofGate(expected: ExpectedGate | undefined, { waiting }: Seen): readonly Difference[] {
  if (expected === undefined) return [];
  const comment = waiting?.comments.at(-1) ?? "";
  const live = outsideCode(comment);
  return [
    ...same("gate.state", expected.state, waiting?.state),
    ...same("gate.comments", expected.comments, waiting?.comments.length),
    ...(expected.says ?? []).flatMap((text) => contains("gate.says", text, comment)),
    ...(expected.never_says ?? [])
      .filter((text) => live.includes(text))
      .map((text) => ({ what: "gate.never_says", expected: `no ${JSON.stringify(text)}`, found: comment })),
  ];
}

function ofIssues(expected: readonly ExpectedIssue[] | undefined, { issues }: Seen): readonly Difference[] {
  if (expected === undefined) return [];
  const found = issues.map(({ repository, title }) => `${repository.name}: ${title}`);
  if (found.length !== expected.length) {
    return [{ what: "issues", expected: `${expected.length} of them`, found: JSON.stringify(found) }];
  }
  return expected.flatMap((wanted, index): readonly Difference[] => {
    const issue = issues[index];
    const what = `issues[${index}]`;
    const body = issue?.body ?? "";
    const live = outsideCode(body);
    return [
      ...same(`${what}.in`, wanted.in, issue?.repository.name),
      ...contains(`${what}.title`, wanted.title, issue?.title ?? ""),
      ...(wanted.says ?? []).flatMap((text) => contains(`${what}.says`, text, body)),
      ...(wanted.never_says ?? [])
        .filter((text) => live.includes(text))
        .map((text) => ({ what: `${what}.never_says`, expected: `no ${JSON.stringify(text)}`, found: "it is there" })),
      ...same(`${what}.open`, wanted.open, issue?.state === "open"),
    ];
  });
}

function same<T extends string | number | boolean>(
  what: string,
  expected: T | undefined,
  found: string | number | boolean | undefined,
): readonly Difference[] {
  if (expected === undefined || expected === found) return [];
  return [{ what, expected: String(expected), found: found === undefined ? "nothing" : String(found) }];
}

function contains(what: string, expected: string | undefined, found: string): readonly Difference[] {
  if (expected === undefined || found.includes(expected)) return [];
  return [{ what, expected: JSON.stringify(expected), found: JSON.stringify(found) }];
}

/** Names are compared once each, whatever their order. */
function sameSet(
  what: string,
  expected: readonly string[] | undefined,
  found: readonly string[],
): readonly Difference[] {
  if (expected === undefined) return [];
  const [wanted, there] = [expected, found].map((names) => [...new Set(names)].toSorted(byCodeUnits).join(", "));
  return wanted === there ? [] : [{ what, expected: `[${wanted}]`, found: `[${there}]` }];
}

/** As many as are expected, and each expected text in another one of them. */
function eachContains(
  what: string,
  expected: readonly string[] | undefined,
  found: readonly string[],
): readonly Difference[] {
  if (expected === undefined) return [];
  const left = [...found];
  for (const text of expected) {
    const index = left.findIndex((one) => one.includes(text));
    if (index >= 0) left.splice(index, 1);
  }
  const matched = found.length - left.length === expected.length;
  return matched && left.length === 0
    ? []
    : [{ what, expected: JSON.stringify(expected), found: JSON.stringify(found) }];
}
