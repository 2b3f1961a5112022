import { code, details, prose, table } from "../../lib/markdown.ts";
import { unreachable } from "../../lib/assert.ts";
import type { Tick } from "../bake/clock.ts";
import type { Evaluation } from "../evaluate/evaluation.ts";
import { moment } from "../moments.ts";
import type { Bake } from "../bake/bake.ts";
import { rowsShown } from "./sections.ts";
import { someOf } from "./words.ts";

const pathsShown = 3;

/** What was looked for where, and what was found; empty where nothing bakes. */
export function bakeSection({ bakes, timezone }: Evaluation): string {
  if (bakes.length === 0) return "";
  const rows = bakes.slice(0, rowsShown).map((bake) => {
    const twins = bake.twins.length === 0 ? "nothing stands there" : paths(bake.twins);
    return [
      `${paths(bake.paths)} → ${code(bake.environment)}`,
      `${code(bake.where)}: ${twins}`,
      prose(found(bake, timezone), 300),
    ];
  });
  const more = bakes.length > rowsShown ? [[`${bakes.length - rowsShown} more`, "", ""]] : [];
  return [
    "### What was matched",
    table(["This change", "Where it bakes", "Found"], [...rows, ...more]),
    "**Why it matters.** What a day elsewhere shows is what tests do not: leaks, slow queries, the nightly jobs. A push that brings other values starts over; a rebase does not.",
  ].join("\n\n");
}

function paths(all: readonly string[]): string {
  return someOf(
    all.map((path) => code(path)),
    pathsShown,
  );
}

function found({ baked, because, merged, broughtBy, unproved }: Bake, timezone: string): string {
  const at = (ms: number): string => moment(ms, timezone);
  const ignored = unproved === null ? "" : `; deployment ${unproved.id} does not count: ${unproved.because}`;
  const by = broughtBy === null ? "" : `, brought by pull request ${broughtBy},`;
  if (baked === null) return `not known: ${because ?? ""}`;
  switch (baked.kind) {
    case "complete":
    case "running":
      return `the same values${by === "" ? "," : by} live since ${at(baked.since.atMs)} with deployment ${baked.since.id} of ${baked.since.sha.slice(0, 7)}, ${baked.since.by}${ignored}`;
    case "undone":
      return `the same values${by} were live, until ${at(baked.atMs)}${ignored}`;
    case "never":
      return `${merged ? `the same values${by} are merged and have never been live` : "no deployment with the same values"}${ignored}`;
    default:
      return unreachable(baked);
  }
}

/** Folded: what moved the clocks. Empty where nothing did. */
export function clockSection({ bakes, timezone }: Evaluation): string {
  const rows = bakes.flatMap((bake) => [
    ...bake.ticks.map(({ atMs, id, sha, by, effect }) => [
      moment(atMs, timezone),
      `${code(bake.where)}: deployment ${id} of ${code(sha.slice(0, 7))}${by === null ? "" : `, ${prose(by, 120)}`}`,
      effects[effect],
    ]),
    ...ends(bake, timezone),
  ]);
  if (rows.length === 0) return "";
  return details("Clock", table(["When", "What", "Effect"], rows.slice(-rowsShown)));
}

function ends({ baked }: Bake, timezone: string): readonly (readonly string[])[] {
  if (baked?.kind === "running")
    return [[moment(baked.readyMs, timezone), "long enough", "the verdict is looked at again, without an event"]];
  if (baked?.kind === "complete")
    return [[moment(baked.expiresMs, timezone), "the proof expires", "it has to run again"]];
  return [];
}

const effects: Readonly<Record<Tick["effect"], string>> = {
  starts: "the clock starts",
  goes_on: "the clock goes on",
  failed: "failed: the clock starts over",
  unhealthy: "called unhealthy: the clock starts over",
  rolled_back: "rolled back: the clock starts over",
  replaced: "another version: the clock starts over",
  ended: "not live any more: the clock starts over",
  expired: "the proof has expired",
};
