import type { z } from "zod";
import { explain, type Mistake, unknownName } from "../../core/policy/explain.ts";
import { placed } from "../../core/policy/parse.ts";
import type { Entry } from "../../core/policy/schema/key.ts";
import { type Located, type Path, placeKey, readYaml } from "../../core/policy/yaml.ts";
import { type Act, acts, isAct, type Step } from "./acts.ts";
import { expectationDetails } from "./expectation.ts";
import { scenarioHead, type Setting } from "./setting.ts";

/** A screenplay: what there is, and what happens one after the other. */
export interface Scenario {
  readonly setting: Setting;
  readonly steps: readonly Step[];
  /** Where it begins in its file. */
  readonly line: number;
}

export type ReadScenarios =
  | { readonly ok: true; readonly scenarios: readonly Scenario[] }
  /** One sentence for each mistake, with file, line and column. */
  | { readonly ok: false; readonly mistakes: readonly string[] };

/** Reads a file of scenarios: one mapping, or a list of them. Never throws on a text. */
export function readScenarios(file: string, text: string): ReadScenarios {
  const read = readYaml(text, "write a scenario, as docs/scenarios.md describes them");
  if (!read.ok) {
    return { ok: false, mistakes: read.mistakes.map((mistake) => sentence({ file, ...mistake })) };
  }
  const { located } = read;
  const single = !Array.isArray(located.value);
  const values: readonly unknown[] = Array.isArray(located.value) ? located.value : [located.value];
  const results = values.map((value, index) => readScenario(value, single ? [] : [index], located));
  const mistakes = results.flatMap((result) => result.mistakes);
  if (mistakes.length > 0) return { ok: false, mistakes: placed(mistakes, file, located).map(sentence) };
  return { ok: true, scenarios: results.flatMap(({ scenario }) => (scenario === null ? [] : [scenario])) };
}

function sentence(mistake: {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly remedy: string | null;
}): string {
  const { file, line, column, message, remedy } = mistake;
  return `Cannot read scenario ${file}:${line}:${column}: ${message}${remedy === null ? "" : `; ${remedy}`}`;
}

function readScenario(
  value: unknown,
  path: Path,
  located: Located,
): { readonly scenario: Scenario | null; readonly mistakes: readonly Mistake[] } {
  const head = scenarioHead.safeParse(value);
  if (!head.success) {
    return { scenario: null, mistakes: mistakesOf(head.error, value, path, Object.keys(scenarioHead.shape)) };
  }
  const { steps: given, ...setting } = head.data;
  const steps = given.map((step, index) => readStep(step, [...path, "steps", index], located));
  return {
    scenario: {
      setting,
      steps: steps.flatMap(({ step }) => (step === null ? [] : [step])),
      line: lineOf(located, path),
    },
    mistakes: steps.flatMap(({ mistakes }) => mistakes),
  };
}

function readStep(
  value: unknown,
  path: Path,
  located: Located,
): { readonly step: Step | null; readonly mistakes: readonly Mistake[] } {
  const fail = (mistake: Omit<Mistake, "path" | "at">) => ({
    step: null,
    mistakes: [{ path, at: "value" as const, ...mistake }],
  });
  const keys = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  // The act comes first: `push` has a key `merges`, and `open` one that is named like an act would be.
  const [name] = keys;
  if (name === undefined) return fail({ message: "a step is a mapping that begins with what happens", remedy: null });
  if (!isAct(name)) return fail(unknownName("step", name, Object.keys(acts)));
  const schema: z.ZodObject = acts[name];
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    return { step: null, mistakes: mistakesOf(parsed.error, value, path, Object.keys(schema.shape)) };
  }
  return { step: stepOf(name, parsed.data, lineOf(located, path)), mistakes: [] };
}

/** The one cast of this reader: `given` was parsed by the schema that stands under the name of the act. */
function stepOf(act: Act, given: unknown, line: number): Step {
  return { act, given, line } as Step;
}

function lineOf(located: Located, path: Path): number {
  return located.places.get(placeKey(path))?.value.line ?? 1;
}

/** Scenarios have no table of keys as policies have: what is known at a place comes from the schema. */
const noEntry: Entry = {
  enforced: true,
  says: "",
  type: "",
  joinName: "",
  today: undefined,
  below: null,
};

function mistakesOf(error: z.ZodError, value: unknown, prefix: Path, known: readonly string[]): readonly Mistake[] {
  return error.issues
    .flatMap((issue) => chosen(issue))
    .flatMap((issue) => {
      if (issue.code === "unrecognized_keys") {
        const here = issue.path.length === 0 ? known : knownOf(issue);
        return issue.keys.map((name): Mistake => {
          const path = [...prefix, ...plain(issue.path), name];
          return { path, at: "key", ...unknownName("key", name, here) };
        });
      }
      return explain(issue, value, noEntry).map((mistake) => ({ ...mistake, path: [...prefix, ...mistake.path] }));
    });
}

function plain(path: readonly PropertyKey[]): Path {
  return path.filter((part) => typeof part !== "symbol");
}

/** Keys that stand one level down are those of expectations: the only mapping there that people misspell often. */
function knownOf(issue: z.core.$ZodIssue): readonly string[] {
  return issue.path.at(-1) === "expect" ? Object.keys(expectationDetails.shape) : [];
}

/** Of a union, the mistakes in the form that the value has: "expected another form" helps nobody. */
function chosen(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  const inner = issue.errors.filter((errors) =>
    errors.every(({ path, code }) => path.length > 0 || code === "unrecognized_keys" || code === "custom"),
  );
  const [only, ...others] = inner;
  if (only === undefined || others.length > 0) return [issue];
  return only.map((each) => ({ ...each, path: [...issue.path, ...each.path] })).flatMap((each) => chosen(each));
}
