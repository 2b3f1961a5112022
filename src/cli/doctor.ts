import { type Command, InvalidArgumentError } from "commander";
import {
  type InspectedBranch,
  type InspectedRepository,
  type Inspection,
  type Inspector,
  recentDays,
  type Scope,
} from "../app/inspection.ts";
import { type Around, aroundOf } from "../core/around/around.ts";
import { requirementClause, type Standing, standingOf, weaknesses } from "../core/posture/posture.ts";
import { suggestedRuleset } from "../core/posture/ruleset.ts";
import { unreachable } from "../lib/assert.ts";
import { count, visible } from "../lib/text.ts";
import type { Io } from "./io.ts";
import { WrongRequest } from "./ports.ts";

/** The App as the environment describes it. Each rejects with `WrongRequest` where the environment lacks what it takes. */
export interface DoctorPort {
  appId(): Promise<number>;
  inspector(): Promise<Inspector>;
}

/** 1 wins over 2: what is known to be open must be closed, whatever else is not known. */
const codes = { holds: 0, "does not hold": 1, unknown: 2 } as const satisfies Record<Standing["gate"], number>;
type Gate = keyof typeof codes;

/** `sallyport doctor`. */
export function register(program: Command, io: Io, port: DoctorPort): void {
  program
    .command("doctor")
    .description(
      "Say whether the App is a gate: for each branch, whether its check is required, pinned and bypassed by nobody.",
    )
    .argument("<owner[/repo]>", "an organisation or account, or one repository", scopeOf)
    .option(
      "--ruleset",
      "print the ruleset that makes it a gate, for an administrator to import, and ask nothing of GitHub",
    )
    .addHelpText(
      "after",
      "\nFor one repository it also tells what went around the gate in the last 7 days." +
        "\nThe App is the one of `sallyport serve`: its environment, or .env in this directory; --ruleset needs APP_ID alone. Nothing is changed on GitHub." +
        "\nExit codes: 0 every gate holds; 1 one does not hold; 2 one is not known to hold; 64 wrong usage; 70 Sallyport failed.",
    )
    .action(async (scope: Scope, { ruleset = false }: { readonly ruleset?: boolean }) => {
      if (ruleset) {
        const offered = suggestedRuleset(await port.appId(), scope.name === null ? "organisation" : "repository");
        io.out(`${JSON.stringify(offered, null, 2)}\n`);
        return;
      }
      const progress = (done: number, of: number): void => io.progress(`${done} of ${of} repositories`);
      const inspector = await port.inspector();
      const inspection = await inspector.inspect(scope, progress, new AbortController().signal);
      io.progress(null);
      if ("kind" in inspection) throw new WrongRequest(inspection.because);
      io.exitWith(codes[worstOf(inspection.repositories.map(gateOfRepository))]);
      io.out(render(inspection, scope));
    });
}

function scopeOf(text: string): Scope {
  const [, owner, name = null] = /^([\w.-]+)(?:\/([\w.-]+))?$/.exec(text) ?? [];
  if (owner === undefined)
    throw new InvalidArgumentError("Name an owner, such as acme, or a repository, such as acme/shop.");
  return { owner, name };
}

/** A repository without a branch has nothing that could be walked around. */
function gateOfRepository({ branches, unread }: InspectedRepository): Gate {
  return worstOf([...branches.map(gateOfBranch), ...(unread === null ? [] : (["unknown"] as const))]);
}

/** A gate that is required but gives no answer to some heads, or whose policy cannot be used, is not in order either. */
function gateOfBranch({ posture, policyErrors, heads }: InspectedBranch): Gate {
  const locksOut = posture.requiring.length > 0 && heads.withoutRun > 0;
  return policyErrors.length > 0 || locksOut ? "does not hold" : standingOf(posture).gate;
}

function worstOf(gates: readonly Gate[]): Gate {
  return gates.includes("does not hold") ? "does not hold" : gates.includes("unknown") ? "unknown" : "holds";
}

function render(inspection: Inspection, { owner }: Scope): string {
  const { appId, installationId, repositories } = inspection;
  const rows = repositories.flatMap(rowsOf);
  const notes = [organisationNote(inspection, owner), ...repositories.flatMap(notesOf)].filter((note) => note !== "");
  return [
    `App ${appId}, installation ${installationId} on ${owner}: ${count(repositories.length, "repository", "repositories")}`,
    "",
    ...columns([["repository", "branch", "gate", "required", "pinned", "bypass", "policy", "open heads"], ...rows]),
    "",
    ...notes.map((note) => `- ${visible(note)}`),
    "",
  ].join("\n");
}

function rowsOf({ repository, branches, unread }: InspectedRepository): readonly (readonly string[])[] {
  const name = `${repository.owner}/${repository.name}`;
  const rows = branches.map((branch) => [name, branch.branch, gateOfBranch(branch), ...cellsOf(branch)]);
  return rows.length > 0 ? rows : [[name, "-", unread === null ? "no commits" : "unknown"]];
}

function cellsOf({ posture, policyErrors, policySources, heads }: InspectedBranch): readonly string[] {
  const { requiring, unread, appId } = posture;
  const pinned = requiring.filter(({ pinnedTo }) => pinnedTo === appId);
  const no = unread.length > 0 ? "unknown" : "no";
  const runs = heads.withoutRun === 0 ? "all with a run" : `${heads.withoutRun} without a run`;
  return [
    requiring.length > 0 ? "yes" : no,
    pinned.length > 0 ? "yes" : requiring.length > 0 ? no : "-",
    bypassCell(pinned.map(({ bypass }) => bypass)),
    policyErrors.length > 0 ? "unusable" : policySources.length > 0 ? "valid" : "strict default",
    heads.open === 0 ? "none" : `${heads.complete ? "" : "at least "}${heads.open}, ${runs}`,
  ];
}

function bypassCell(lists: readonly (readonly unknown[] | null)[]): string {
  if (lists.length === 0) return "-";
  if (lists.some((list) => list?.length === 0)) return "nobody";
  return lists.includes(null) ? "unknown" : "possible";
}

/** What stands behind a row, and what to do about it. */
function notesOf({ repository, branches, isPrivate, ungated, unread }: InspectedRepository): readonly string[] {
  const name = `${repository.owner}/${repository.name}`;
  const ofBranches = branches.flatMap(({ branch, posture, policyErrors, unproved, heads, recent }) => {
    const at = `${name} ${branch}`;
    return [
      ...standingNote(at, standingOf(posture), requirementClause(posture)),
      ...weaknesses(posture).map((weakness) => `${at}: ${weakness}.`),
      ...policyErrors.map((error) => `${at}: ${error}`),
      ...unproved.map((clause) => `${at}: ${clause}.`),
      ...headsNote(at, name, posture.requiring.length > 0, heads),
      ...(recent === null ? [] : aroundNote(at, aroundOf(recent.facts), recent.complete)),
    ];
  });
  const ofProductions = ungated.map(({ name: production, gate, because }) => {
    const says =
      gate === "unknown"
        ? "it is not known that a deployment gate stands before it"
        : "no deployment gate stands before it";
    return `${name} environment ${production}: ${says}: ${because}.`;
  });
  const wayOut = ungated.length > 0 ? [`${name}: ${gateOffer(isPrivate)}`] : [];
  return [
    ...ofBranches,
    ...ofProductions,
    ...wayOut,
    ...(unread === null ? [] : [`${name}: not read to the end: ${unread}`]),
  ];
}

/** How a gate comes to stand before a production; docs/deployment-gate.md has the steps. */
function gateOffer(isPrivate: boolean): string {
  const rule =
    "enable this app's rule in the settings, under Environments, and let no administrator start jobs past it";
  return isPrivate
    ? `${rule}. GitHub has such rules in private repositories with Enterprise alone; without it the job asks itself, with action/gate as its first step (docs/deployment-gate.md).`
    : `${rule} (docs/deployment-gate.md).`;
}

function standingNote(at: string, standing: Standing, required: string): readonly string[] {
  switch (standing.gate) {
    case "holds":
      return [];
    case "unknown":
      return [`${at}: ${required}. Not known: ${standing.because.join("; ")}.`];
    case "does not hold":
      return [`${at}: this gate does not hold: ${standing.because.join("; ")}.`];
    default:
      return unreachable(standing);
  }
}

function headsNote(at: string, name: string, required: boolean, heads: InspectedBranch["heads"]): readonly string[] {
  const { withoutRun, complete } = heads;
  const lack = `${complete ? "" : "at least "}${count(withoutRun, "open head")} without a run`;
  if (required && withoutRun > 0)
    return [`${at}: the check is required, and ${lack} cannot merge. Is the service running?`];
  if (required) return [];
  if (withoutRun > 0) return [`${at}: there is ${lack}. Require the check only when no open head lacks one.`];
  if (!complete) return [`${at}: not every open head was looked at. Require the check only when none lacks a run.`];
  return [`${at}: no open head lacks a run, so the check can be required: \`sallyport doctor ${name} --ruleset\`.`];
}

const waysShown = 20;

function aroundNote(at: string, ways: readonly Around[], complete: boolean): readonly string[] {
  const cut = complete ? "" : "; it moved more often than was looked at";
  if (ways.length === 0) {
    return [`${at}: nothing was found that went around the gate in the last ${recentDays} days${cut}.`];
  }
  const named = ways.slice(-waysShown).map(({ way, number, headSha, afterSha, actorId, byAgent }) => {
    const what =
      way === "push"
        ? `push of ${afterSha.slice(0, 7)}`
        : `merge of ${number === null ? "" : `#${number} at `}${(headSha ?? afterSha).slice(0, 7)}`;
    return `${what} by ${byAgent ? "agent" : "account"} ${actorId ?? "unknown"}`;
  });
  const more = ways.length > waysShown ? `, the latest ${waysShown} of them` : "";
  return [
    `${at}: ${ways.length} went around the gate in the last ${recentDays} days${more}: ${named.join("; ")}${cut}.`,
  ];
}

function organisationNote({ organisationRepository }: Inspection, owner: string): string {
  switch (organisationRepository) {
    case "covered":
      return "";
    case "public and not covered":
      return `${owner}/.github is public and not covered by the installation: its policy is read, but a change to it is noticed late. Add it to the installation.`;
    case "absent":
      return `${owner}/.github does not exist, or is private and not covered by the installation, which looks the same from here: then the organisation's policy is not in force. If there is one, add it to the installation.`;
    default:
      return unreachable(organisationRepository);
  }
}

/** Cells below each other, the last of a row as long as it is. */
function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const shown = rows.map((row) => row.map(visible));
  const width = (column: number): number => Math.max(0, ...shown.map((row) => row[column]?.length ?? 0));
  return shown.map((row) =>
    row
      .map((cell, column) => cell.padEnd(width(column)))
      .join("  ")
      .trimEnd(),
  );
}
