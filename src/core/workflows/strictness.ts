import type { Place } from "../change/change-set.ts";
import type { Workflow } from "./model.ts";

/** A bound that a tool is given: how much has to be covered, how grave a finding may be, how many warnings it lets pass. */
export interface Strictness {
  readonly key: string;
  /** More is stricter. */
  readonly strict: number;
  readonly text: string;
  readonly job: string;
  readonly at: Place;
}

/** Bounds of which less is laxer, and of which more is. */
const least =
  /(?<key>--(?:cov-)?fail-under|--fail-under|--(?:min-)?coverage(?:[.-](?:threshold|lines|branches|functions|statements))?|--coverage\.thresholds?\.\w+|--(?:lines|branches|functions|statements)|--thresholds?|--min-msi|--minimum-coverage|\b(?:[A-Z]+_)*(?:MIN|MINIMUM|REQUIRED)?_?COVERAGE(?:_(?:MIN|MINIMUM|THRESHOLD))?)[= ]["']?(?<value>\d+(?:\.\d+)?)/gu;
const most = /(?<key>--max-warnings|--max-violations|--max-failures|--max-allowed)[= ]["']?(?<value>\d+)/gu;
const gravity =
  /(?<key>--audit-level|--severity-threshold|--fail-on|--level|--severity|--minimum-severity)[= ]["']?(?<value>(?:unknown|info|low|moderate|medium|high|critical|none)(?:,\w+)*)/giu;
const graves = ["unknown", "info", "low", "moderate", "medium", "high", "critical", "none"];

/** Inputs of actions that say the same. */
const leastInput = /^(?:[\w-]*coverage[\w-]*|[\w-]*threshold[\w-]*|fail[-_]under|min[-_][\w-]+)$/iu;
const gravityInput = /^(?:fail[-_]on[-_]severity|severity|severity[-_](?:threshold|cutoff)|audit[-_]level|level)$/iu;

export function strictnessIn({ jobs }: Workflow): readonly Strictness[] {
  return jobs.flatMap((job) =>
    job.steps.flatMap(({ script, inputs, env }) => [
      ...script.flatMap(({ text, at }) => ofLine(text).map((one) => ({ ...one, job: job.id, at }))),
      ...[...inputs, ...env].flatMap(({ key, text, at }) =>
        ofInput(key, text).map((one) => ({ ...one, job: job.id, at })),
      ),
    ]),
  );
}

type Bare = Omit<Strictness, "job" | "at">;

function ofLine(line: string): readonly Bare[] {
  const found = (pattern: RegExp, strictOf: (value: string) => number): readonly Bare[] =>
    [...line.matchAll(pattern)].map((match) => ({
      key: match.groups?.["key"] ?? "",
      strict: strictOf(match.groups?.["value"] ?? ""),
      text: match[0],
    }));
  return [...found(least, Number), ...found(most, (value) => -Number(value)), ...found(gravity, gravityOf)];
}

function ofInput(key: string, text: string): readonly Bare[] {
  const said = { key, text: `${key}: ${text}` };
  if (leastInput.test(key) && /^\d+(?:\.\d+)?%?$/u.test(text)) return [{ ...said, strict: Number.parseFloat(text) }];
  if (gravityInput.test(key) && text.split(",").every((one) => graves.includes(one.trim().toLowerCase()))) {
    return [{ ...said, strict: gravityOf(text) }];
  }
  return [];
}

/** The least grave that counts: the lower, the stricter. */
function gravityOf(text: string): number {
  return -Math.min(...text.split(",").map((one) => Math.max(graves.indexOf(one.trim().toLowerCase()), 0)));
}
