import { unreachable } from "../../lib/assert.ts";
import { address, code, link, prose } from "../../lib/markdown.ts";
import { shorten, visible } from "../../lib/text.ts";
import type { Around } from "../around/around.ts";
import { administratorsOf } from "../decisions/rights.ts";
import { isoMoment } from "../moments.ts";
import { resumption } from "../requirements/halt.ts";
import { causeWords, revertCommands } from "../rollback/words.ts";
import { type Alarm, alarmKey, type GlassAlarm } from "./alarm.ts";

/** GitHub takes 256 characters. */
const titleMax = 200;
const clausesMax = 600;
const shownDigits = 12;

/** What only whoever tells it knows. */
export interface Telling {
  /** GitHub's own address, as `https://github.com`. */
  readonly site: string;
  /** The login of who moved the branch; null where GitHub knows none. */
  readonly actor: string | null;
}

export interface AlarmText {
  /** Plain text: GitHub makes no markup of titles. */
  readonly title: string;
  /** Markdown, with the marker in it. */
  readonly body: string;
}

/** By this an alarm is found again: readers do not see it, and whoever may write can put it anywhere, so it proves nothing alone. */
export function markerOf(alarm: Alarm): string {
  return `<!-- sallyport-alarm ${alarmKey(alarm)} -->`;
}

/** What people read. Names in it come from authors: no mention, link or markup of theirs takes effect. */
export function alarmText(alarm: Alarm, telling: Telling): AlarmText {
  const { repository, branch } = alarm;
  const at = `${repository.owner}/${repository.name}`;
  const text = (title: string, lines: readonly string[]): AlarmText => ({
    title: shorten(visible(`${at}: ${title}`), titleMax),
    body: [...lines, "", markerOf(alarm)].join("\n"),
  });
  switch (alarm.kind) {
    case "bypass_merge": {
      const { number } = alarm.way;
      const what = number === null ? "a merge" : `pull request ${number} was merged`;
      return text(number === null ? `a merge went past the gate on ${branch}` : `${what} past the gate on ${branch}`, [
        `**In ${code(at)}, ${what}${number === null ? " reached" : " into"} ${code(branch)} although this app's check had not let it pass.**`,
        "",
        ...particulars(alarm, alarm.way, telling, "Merged by"),
        "",
        `Look at what was merged, and revert it if it must not stand. ${remedy(at)}`,
      ]);
    }
    case "direct_push":
      return text(`a push went past the gate on ${branch}`, [
        `**In ${code(at)}, commits that this app's check has not let pass were pushed to ${code(branch)}.**`,
        "",
        ...particulars(alarm, alarm.way, telling, "Pushed by"),
        "",
        `Look at what was pushed, and revert it if it must not stand. ${remedy(at)}`,
      ]);
    case "gate_not_required":
      return text(`the gate does not hold on ${branch}`, [
        `**In ${code(at)}, nothing stops a merge that this app refuses: ${prose(alarm.because, clausesMax)}.**`,
        "",
        `An administrator can change that: ${code(`sallyport doctor ${at} --ruleset`)} prints the rules to import.`,
        "",
        "This is told once as long as it lasts; this app closes the issue when the check is required and pinned to it.",
      ]);
    case "broken_glass":
      return text(`the glass was broken on pull request ${alarm.number}`, [
        `**In ${code(at)}, what blocks pull request ${alarm.number} onto ${code(branch)} is lifted in an emergency.**`,
        "",
        ...ofGlass(alarm, telling),
        "",
        "Look at what is merged meanwhile. It ends by itself; a push ends it at once.",
      ]);
    case "tripped": {
      const { number, halt } = alarm;
      const agent = halt.scope.kind === "agent" ? halt.scope.agent : "an agent";
      const over = number === null ? `a push to ${code(branch)}` : `pull request ${number}`;
      return text(`a breaker has halted ${agent}`, [
        `**The breaker ${code(halt.by.kind === "breaker" ? halt.by.trippedBy : "")} has halted ${code(agent)} wherever this app is installed for ${code(repository.owner)}.**`,
        "",
        `- Over: ${number === null ? over : link(over, address(telling.site, [repository.owner, repository.name, "pull", `${number}`]))}`,
        `- Why: ${prose(halt.reason, clausesMax)}`,
        `- When: ${code(isoMoment(halt.atMs))}`,
        "",
        `Nothing of this agent turns green until somebody lifts it: ${administratorsOf(halt.scope.kind)} with ${code(resumption(halt.scope))}, or whoever runs Sallyport with ${code(`sallyport resume ${halt.id}`)}. What tripped it will not trip it again.`,
      ]);
    }
    case "went_wrong": {
      const { cause, changes } = alarm;
      const agents = changes.filter(({ isAgent }) => isAgent);
      const names = agents.map(({ number }) => number).join(", ");
      return text(`${cause.environment} went wrong after pull request ${names} went live`, [
        `**In ${code(at)}, ${causeWords(cause)} after a change of an agent went live there.**`,
        "",
        `- When: ${code(isoMoment(cause.atMs))}`,
        ...changes.map(
          ({ number, isAgent, mergeSha }) =>
            `- In question: ${link(`pull request ${number}`, address(telling.site, [repository.owner, repository.name, "pull", `${number}`]))}${isAgent ? ", of an agent" : ""}, merged as ${code(mergeSha.slice(0, shownDigits))}`,
        ),
        "",
        `No revert was opened: ${prose(alarm.because, clausesMax)}. Whoever may can take it back with:`,
        ...agents.flatMap((change) => ["", "```sh", ...revertCommands(at, change), "```"]),
      ]);
    }
    default:
      return unreachable(alarm);
  }
}

const liftsShown = 20;

function ofGlass({ repository, number, headSha, glass }: GlassAlarm, { site }: Telling): readonly string[] {
  const { login, accountId, atMs, untilMs, lifts } = glass;
  const at = (...segments: readonly string[]): string =>
    address(site, [repository.owner, repository.name, ...segments]);
  const more = lifts.length > liftsShown ? [`${lifts.length - liftsShown} more`] : [];
  return [
    `- Pull request: ${link(`${number}`, at("pull", `${number}`))}, at ${commit(headSha, at)} alone`,
    `- By: ${code(login)}${accountId === null ? "" : ` (id ${accountId})`}`,
    `- When: ${code(isoMoment(atMs))}, until ${code(isoMoment(untilMs))}`,
    `- What is lifted: ${[...lifts.slice(0, liftsShown).map((id) => code(id)), ...more].join(", ")}`,
  ];
}

function particulars({ repository }: Alarm, way: Around, { site, actor }: Telling, lead: string): readonly string[] {
  const { number, actorId, byAgent, atMs, beforeSha, afterSha, headSha, runId, required } = way;
  const { owner, name } = repository;
  const at = (...segments: readonly string[]): string => address(site, [owner, name, ...segments]);
  const who = actor === null ? (actorId === null ? "an account that GitHub does not name" : "an account") : code(actor);
  const id = actorId === null ? "" : ` (id ${actorId})`;
  const run =
    runId === null ? "there was none of this app" : link(`run ${runId} was not green`, at("runs", `${runId}`));
  return [
    ...(number === null ? [] : [`- Pull request: ${link(`${number}`, at("pull", `${number}`))}`]),
    `- ${lead}: ${who}${id}${byAgent ? ", an agent or another program" : ""}`,
    `- When: ${code(isoMoment(atMs))}`,
    ...(headSha === null ? [] : [`- Head: ${commit(headSha, at)}`]),
    `- The check then: ${run}`,
    `- The branch moved from ${commit(beforeSha, at)} to ${commit(afterSha, at)}`,
    `- Required there: ${requiredWords(required)}`,
  ];
}

function commit(sha: string, at: (...segments: readonly string[]) => string): string {
  return link(code(sha.slice(0, shownDigits)), at("commit", sha));
}

function requiredWords(required: boolean | null): string {
  if (required === null) return "unknown, the rules could not be read";
  return required
    ? "yes, when the rules were last read: they let somebody past it, or were changed just before"
    : "no, nothing stood in the way";
}

function remedy(at: string): string {
  return `${code(`sallyport doctor ${at}`)} says who may go past the check, and how to change that.`;
}
