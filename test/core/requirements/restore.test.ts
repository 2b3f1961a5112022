import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChangedFile, Gap } from "../../../src/core/change/change-set.ts";
import type {
  DeploymentFacts,
  DeploymentRecord,
  EnvironmentRecord,
} from "../../../src/core/deployments/deployments.ts";
import type { Account, Facts } from "../../../src/core/facts.ts";
import type { FormerState, KnownPast } from "../../../src/core/past/past.ts";
import { verdicts } from "../../../src/core/evaluate/verdict.ts";
import { byPerson, judge, nowMs, repository } from "../evaluate/changes.ts";
import { baseSha, changeOf, file, headSha, person, review, writers } from "../facts.ts";

const day = 86_400_000;
const argo: Account = { id: 77, login: "argo[bot]", type: "Bot" };
const oncall = person(4);
const [older, newer] = ["1".repeat(40), "2".repeat(40)];
const path = "k8s/production/api/limit.txt";

interface Keys {
  readonly restore?: string;
  readonly more?: string;
  readonly except?: string;
}
const policyOf = ({ restore = "", more = "", except = ", except: [restore]" }: Keys = {}) =>
  repository(`layout: ["k8s/{environment}/{service}/**"]
environments: { production: { deployments: [production], deployed_by: ["app:argo"] } }
approvals: { by_risk: 0 }
invariants: { production-is-unchanged: observe }
freezes: [{ name: a, schedule: daily, applies_to: everyone${except} }]
restore: { within: 14d, skips: [freezes], approvals: { count: 1, from: ["@acme/oncall"] }${restore} }
${more}`);

/** A file that goes from `now` back to `then`; the same texts are the same bytes. */
function returning(at = path, now: string | null = "now", then: string | null = "then"): ChangedFile {
  const named = file(at, now, then);
  const version = (side: ChangedFile["after"]) =>
    side === null ? null : { ...side, sha: side.content.kind === "text" ? `blob ${side.content.text}` : side.sha };
  return { ...named, before: version(named.before), after: version(named.after) };
}

type Texts = Readonly<Record<string, string>>;
function versionOf(sha: string, texts: Texts): DeploymentRecord["versions"][number] {
  const entries = Object.entries(texts).map(([at, text]) => [at, { mode: "100644", sha: `blob ${text}` }] as const);
  return { sha, files: Object.fromEntries(entries) };
}

function deployed(
  id: number,
  sha: string,
  ago: number,
  ...states: readonly ("success" | "failure")[]
): DeploymentFacts {
  const createdAtMs = nowMs - ago;
  const statuses = states.map((state, i) => ({ id: i, state, createdAtMs: createdAtMs + i, creator: argo }));
  return { id, environment: "production", sha, creator: argo, createdAtMs, statuses, carriedBy: null };
}

interface Held {
  readonly deployments?: readonly DeploymentFacts[];
  readonly versions?: DeploymentRecord["versions"];
  readonly paths?: readonly string[];
  readonly environment?: EnvironmentRecord;
  readonly past?: Facts["past"];
  readonly files?: readonly ChangedFile[];
  readonly gaps?: readonly Gap[];
  readonly record?: DeploymentRecord | null;
}

/** Stood for a day each until now; the first is the oldest. */
function stood(...shas: readonly string[]): KnownPast {
  const states = [...shas, baseSha].map((sha, i, all): FormerState => {
    const since = nowMs - (all.length - i) * day;
    return { sha, sinceMs: since, untilMs: i === all.length - 1 ? null : since + day, entries: {} };
  });
  return { kind: "known", states: states.toReversed(), end: null, growthPaths: [], contents: {} };
}

function factsWith(held: Held = {}): Facts {
  const { deployments = [deployed(1, older, day, "success")], versions = [versionOf(older, { [path]: "then" })] } =
    held;
  const known = { kind: "known", environment: "production", deployments, runs: [], sinceMs: null } as const;
  const files = held.files ?? [returning()];
  const paths = held.paths ?? files.map((one) => one.path);
  return byPerson(undefined, {
    change: changeOf(...files),
    past: held.past ?? stood(older, newer),
    deployments:
      held.record === undefined
        ? {
            environments: [held.environment ?? known],
            branches: [],
            versions,
            paths,
            tips: [],
            arrivals: [],
            contents: {},
          }
        : held.record,
    gaps: held.gaps ?? [],
    people: writers(oncall, person(5)),
    teams: [{ team: "@acme/oncall", members: [oncall.id] }],
  });
}

const approved = (facts: Facts, by: Account = oncall): Facts => ({
  ...facts,
  reviews: [review(by, { submittedAtMs: nowMs - 1_000, commitSha: headSha })],
});
const verdictOf = (held: Held, keys: Keys = {}) => judge(approved(factsWith(held)), [policyOf(keys)]).verdict;
const because = (held: Held, keys: Keys = {}) => {
  const row = judge(approved(factsWith(held)), [policyOf(keys)]).requirements.find(({ kind }) => kind === "freeze");
  return row?.now.split("no restore: ")[1] ?? row?.state.kind;
};

describe("a restore", () => {
  test("blocks as any change without an approval of one, asks for it, and passes with it", () => {
    const { verdict, requirements, next } = judge(factsWith(), [policyOf()]);
    expect(verdict).toBe("hold");
    expect(next.actor).toBe("people");
    expect(requirements.find(({ kind }) => kind === "freeze")).toMatchObject({
      from: "those who may approve a restore",
      state: { kind: "missing" },
    });
    expect(requirements.find(({ kind }) => kind === "restore")).toMatchObject({
      what: "1 approval (restore of 1 file)",
      from: "acme/oncall",
      state: { kind: "missing" },
      askable: ["@acme/oncall"],
    });
    expect(judge(approved(factsWith(), person(5)), [policyOf()]).verdict).toBe("hold");
    expect(verdictOf({})).toBe("allow");
  });

  test("says which commit, since when and by whose word, and is looked at again when that is too long ago", () => {
    const { requirements, nextLookMs } = judge(approved(factsWith()), [policyOf()]);
    const { now } = requirements.find(({ kind }) => kind === "restore") ?? {};
    expect(now).toContain("`111111111111`, which stood on the base branch from Sun 8 Feb 2026, 10:00 UTC until");
    expect(now).toContain("ran in `production` from Tue 10 Feb 2026, 10:00 UTC (`argo`)");
    expect(nextLookMs).toBeLessThanOrEqual(nowMs + 13 * day);
  });

  test("needs no approval of one where nothing is to be skipped", () => {
    const found = judge(factsWith(), [replaced([/freezes:.*\n/u, ""])]);
    expect(found).toMatchObject({ verdict: "allow" });
    expect(found.requirements.filter(({ kind }) => kind === "restore")).toEqual([]);
  });

  test.each<[string, Held, string]>([
    ["is another file", { files: [returning(path, "now", "other")] }, "no version that production ran"],
    ["leaves one path out", { files: [returning(), returning("k8s/production/api/b.txt", "x", "y")] }, "no version"],
    ["differs in its mode", { files: [executable(returning())] }, "no version"],
    ["was never looked up", { paths: [] }, "not looked up"],
    [
      "deletes a path that was never looked up",
      { files: [returning(), returning("k8s/production/api/b.txt", "x", null)], paths: [path] },
      "not looked up",
    ],
    ["is of a commit that is gone", { versions: [{ sha: older, files: null }] }, "no version"],
    ["never stood on the branch", { past: stood(newer) }, "did not stand on `main`"],
    ["stood there too long ago", { past: aged(stood(older, newer), 20 * day) }, "did not stand on `main`"],
    ["is of a branch whose past is not known", { past: { kind: "not_asked" } }, "record of the base branch"],
    [
      "is of a branch whose past ends",
      { past: { ...stood(newer), end: { beforeMs: nowMs - day, because: "it ends" } }, versions: [] },
      "it ends",
    ],
    ["was never deployed", { deployments: [] }, "no deployment of"],
    [
      "was deployed by nobody whose word counts",
      { deployments: [byStranger(deployed(1, older, day, "success"))] },
      "no job of a workflow",
    ],
    ["failed", { deployments: [deployed(1, older, day, "failure")] }, "failed"],
    ["failed once it was live", { deployments: [deployed(1, older, day, "success", "failure")] }, "has failed since"],
    [
      "failed when it was deployed again",
      { deployments: [deployed(1, older, day, "success"), deployed(2, older, 1_000, "failure")] },
      "has failed since",
    ],
    ["ran too long ago", { deployments: [deployed(1, older, 15 * day, "success")] }, "longer ago than"],
    [
      "ran where nothing is known",
      { environment: { kind: "unknown", environment: "production", because: "it is hidden" } },
      "it is hidden",
    ],
    ["has no record of deployments", { record: null }, "record of deployments"],
    ["is a mix of two versions", mixed(), "different versions"],
    ["holds a migration", migrating(), "`migration`"],
    [
      "holds a workflow",
      {
        files: [returning(".github/workflows/a.yml", "on: push\n", "on: []\n")],
        versions: [versionOf(older, { ".github/workflows/a.yml": "on: []\n" })],
      },
      "kind",
    ],
    ["hides files", { gaps: [gap("unreadable-folder:k8s")] }, "not all of it is known"],
    ["holds a file that a rule cannot tell", { gaps: [gap("undecided:x")] }, "not all of it is known"],
  ])("is none where it %s", (_, held, why) => {
    expect(because(held)).toContain(why);
    expect(verdictOf(held)).toBe("block");
  });

  test("must have run in every production that it reaches", () => {
    const other = "k8s/live2/api/limit.txt";
    const facts = factsWith({
      files: [returning(), returning(other)],
      versions: [versionOf(older, { [path]: "then", [other]: "then" })],
    });
    const second = "live2: { tier: production, deployments: [live2], deployed_by: ['app:argo'] }";
    const two = replaced(["environments: {", `environments: { ${second},`]);
    expect(judge(approved(facts), [two]).verdict).toBe("block");
    const deployments = [{ ...deployed(9, older, day, "success"), environment: "live2" }];
    const live: EnvironmentRecord = { kind: "known", environment: "live2", deployments, runs: [], sinceMs: null };
    const everywhere = [...(facts.deployments?.environments ?? []), live];
    const ran = facts.deployments === null ? null : { ...facts.deployments, environments: everywhere };
    expect(judge(approved({ ...facts, deployments: ran }), [two]).verdict).toBe("allow");
  });

  test("hides nothing where only people are not known", () => {
    expect(verdictOf({ gaps: [gap("unattributed-mailbox:1")] })).toBe("allow");
  });

  test("deletes what did not exist then", () => {
    const extra = "k8s/production/api/extra.txt";
    expect(verdictOf({ files: [returning(), returning(extra, "x", null)] })).toBe("allow");
  });

  test("lifts no freeze that does not say so, and none where restores skip none", () => {
    expect(verdictOf({}, { except: "" })).toBe("block");
    const others = replaced(["skips: [freezes]", "skips: [bake, budgets]"]);
    expect(judge(approved(factsWith()), [others]).verdict).toBe("block");
  });

  test("lifts neither a finding that blocks nor an approval that is missing", () => {
    const forbidden = policyOf({ more: 'gate: everyone\nforbidden: ["k8s/production/api/**"]' });
    expect(judge(approved(factsWith()), [forbidden]).verdict).toBe("block");
    const byTwo = replaced(["by_risk: 0", "by_risk: 2"], [/$/u, "gate: everyone\n"]);
    expect(judge(approved(factsWith()), [byTwo]).verdict).toBe("hold");
  });

  test("where different requirements ask for different people takes nobody's seat", () => {
    const distinct = replaced(["by_risk: 0", "by_risk: 1, distinct_teams: true"], [/$/u, "gate: everyone\n"]);
    const one = approved(factsWith());
    expect(judge(one, [distinct]).verdict).toBe("hold");
    const two = { ...one, reviews: [...one.reviews, review(person(5), { submittedAtMs: nowMs - 1_000 })] };
    expect(judge(two, [distinct]).verdict).toBe("allow");
  });

  test("is no help to an override: a gap that hides content stays one, lifted or not", () => {
    const hidden = factsWith({ gaps: [gap("unreadable-folder:k8s")] });
    expect(judge(approved(hidden), [policyOf()]).verdict).toBe("block");
  });
});

describe("no proof makes anything stricter", () => {
  const severity = (facts: Facts, keys: Keys) => verdicts.indexOf(judge(facts, [policyOf(keys)]).verdict);
  const keys = fc.record({
    except: fc.constantFrom("", ", except: [restore]"),
    more: fc.constantFrom("", "gate: everyone\n"),
  });
  const without = (facts: Facts, less: Partial<DeploymentRecord>): Facts => ({
    ...facts,
    deployments: facts.deployments === null ? null : { ...facts.deployments, ...less },
  });
  const taken = fc.constantFrom<(facts: Facts) => Facts>(
    (facts) => ({ ...facts, deployments: null }),
    (facts) => ({ ...facts, past: { kind: "not_asked" } }),
    (facts) => without(facts, { versions: [] }),
    (facts) => without(facts, { paths: [] }),
    (facts) => without(facts, { environments: [] }),
  );

  test("taking one away never makes a verdict milder", () => {
    fc.assert(
      fc.property(fc.boolean(), taken, keys, (isApproved, take, given) => {
        const facts = isApproved ? approved(factsWith()) : factsWith();
        expect(severity(take(facts), given)).toBeGreaterThanOrEqual(severity(facts, given));
      }),
      { numRuns: 60 },
    );
  });

  test("a change that is not byte by byte what ran is judged as if there were no restores", () => {
    const other = fc.string({ minLength: 1, maxLength: 4 }).filter((text) => text !== "then");
    fc.assert(
      fc.property(other, fc.boolean(), (text, isApproved) => {
        const facts = factsWith({ files: [returning(path, "now", text)] });
        const given = isApproved ? approved(facts) : facts;
        const plain = judge(given, [replaced([/restore: \{.*\}\n/u, ""])]).verdict;
        expect(judge(given, [policyOf()]).verdict).toBe(plain);
      }),
      { numRuns: 40 },
    );
  });
});

function replaced(...words: readonly (readonly [string | RegExp, string])[]): ReturnType<typeof policyOf> {
  const text = words.reduce((so, [from, to]) => so.replace(from, to), textOf(policyOf()));
  return { ...policyOf(), content: { kind: "text", text } };
}

function textOf({ content }: ReturnType<typeof policyOf>): string {
  if (content.kind !== "text") throw new Error("There is no text.");
  return content.text;
}

function executable(one: ChangedFile): ChangedFile {
  return { ...one, after: one.after === null ? null : { ...one.after, mode: "100755" } };
}

function aged(past: KnownPast, ms: number): KnownPast {
  const [tip, ...others] = past.states;
  const old = others.map((state) => ({
    ...state,
    sinceMs: state.sinceMs - ms,
    untilMs: (state.untilMs ?? nowMs) - ms,
  }));
  return { ...past, states: tip === undefined ? old : [tip, ...old] };
}

function byStranger(one: DeploymentFacts): DeploymentFacts {
  return { ...one, creator: person(9), statuses: one.statuses.map((status) => ({ ...status, creator: person(9) })) };
}

function mixed(): Held {
  const other = "k8s/production/api/b.txt";
  return {
    files: [returning(path, "now", "one"), returning(other, "now", "two")],
    deployments: [deployed(1, older, day, "success"), deployed(2, newer, day, "success")],
    versions: [
      versionOf(older, { [path]: "one", [other]: "one" }),
      versionOf(newer, { [path]: "two", [other]: "two" }),
    ],
  };
}

function migrating(): Held {
  const migration = "db/migrate/1_a.sql";
  return {
    files: [returning(migration, "select 2;", "select 1;")],
    versions: [versionOf(older, { [migration]: "select 1;" })],
  };
}

function gap(id: string): Gap {
  return { id, level: "hold", path: null, side: "head", line: null, reason: "it", remedy: "Ask." };
}
