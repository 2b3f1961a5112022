import { z } from "zod";
import type { ChangedFile } from "../../change/change-set.ts";
import { placeOf } from "../../change/hunks.ts";
import { readAs } from "../../change/look-alikes.ts";
import { linkTarget, targetOn } from "../../change/symlinks.ts";
import { fold, tightening } from "../../policy/patterns.ts";
import { defineRule } from "../../rule.ts";

const policy = `
  version: 1
  forbidden: ["**/secrets/**", "terraform/production/**"]`;

export default defineRule({
  id: "forbidden-path-touched",
  invariant: "guardrails-are-untouched",
  severity: "critical",
  confidence: "high",
  summary: "The change touches a path that the policy forbids.",
  why: "Some files are not for agents whatever the change says; a rename, a link or a submodule is a way to the same files.",
  remedy: "Leave the path alone; what has to change there is for a person to do.",
  needs: "paths",
  options: z.strictObject({}),
  always: "block",
  *detect({ files }, _, { policy: { forbidden } }) {
    const patterns = forbidden.map((pattern) => ({ pattern, matches: tightening([pattern]) }));
    for (const file of files) {
      const names = namesOf(file);
      const hit = patterns.flatMap(({ pattern, matches }) => {
        const name = names.find(({ path, tree }) => matches(path) || (tree && holds(path, pattern)));
        return name === undefined ? [] : [{ pattern, how: name.how }];
      })[0];
      if (hit === undefined) {
        const somewhere = isSubmodule(file) ? forbidden.find((pattern) => pattern.startsWith("**/")) : undefined;
        if (somewhere === undefined) continue;
        yield {
          at: placeOf(file),
          undecided: `whether the submodule \`${file.path}\` holds a forbidden \`${somewhere}\``,
        };
        continue;
      }
      yield { at: placeOf(file), message: `\`${file.path}\` ${hit.how} the forbidden \`${hit.pattern}\`` };
    }
  },
  examples: {
    "a file is edited": {
      policy,
      change: `
      M deploy/secrets/registry.yaml
      - user: a
      > user: b`,
      reverse: "reports",
    },
    "in other letters": {
      policy,
      change: `
      > A deploy/Secrets/registry.yaml
        user: b
      > A deploy/ｓｅｃｒｅｔｓ/registry.yaml
        user: b
      > A deploy/ѕесrеts/registry.yaml
        user: b`,
      reverse: "reports",
    },
    "a file is moved out, a file is moved in": {
      policy,
      change: `
      > D deploy/secrets/registry.yaml
        user: a
      A deploy/registry.yaml
        user: a
      D deploy/other.yaml
        user: a
      > A secrets/other.yaml
        user: a`,
      reverse: "reports",
    },
    "a link leads there, in one step or by the folder around it": {
      policy,
      change: `
      > A deploy/config.yaml -> secrets/registry.yaml
      > A infra -> terraform`,
      reverse: "reports",
    },
    "a link or a submodule takes its place": {
      policy,
      change: `
      > A deploy/secrets -> ../other
      > A terraform (submodule)`,
      reverse: "reports",
    },
    "a submodule may hold anything": {
      policy,
      change: `
      > A vendor/library (submodule)`,
      reverse: "reports",
    },
    "only the mode changes": {
      policy,
      change: `
      > M deploy/secrets/run.sh (executable)
        echo hello`,
      reverse: "reports",
    },
    "a name that only begins alike": {
      policy,
      change: `
      M deploy/secrets.md
      - one
      + two
      M terraform/production-notes/a.tf
      - one
      + two`,
    },
    "a link beside it that leads elsewhere": {
      policy,
      change: `
      A deploy/config.yaml -> other/registry.yaml`,
    },
    "a submodule where the forbidden path is another": {
      policy: `
        version: 1
        forbidden: ["terraform/production/**"]`,
      change: `
      A vendor/library (submodule)`,
    },
    "the policy forbids nothing": `
      M deploy/secrets/registry.yaml
      - user: a
      + user: b`,
  },
});

interface Name {
  readonly path: string;
  /** A symlink or a submodule: a whole tree may stand behind the name. */
  readonly tree: boolean;
  readonly how: string;
}

/** Every name by which a change of the file touches something: its path as written and as read, and where its links lead. */
function namesOf(file: ChangedFile): readonly Name[] {
  const kinds = [file.before, file.after].map((version) => version?.content.kind);
  const tree = kinds.includes("symlink") || kinds.includes("submodule");
  const targets = (["head", "base"] as const).flatMap((side) => {
    const target = targetOn(file, side);
    // What leads out of the repository is compared by its words: nobody can say where it ends.
    return target === null ? [] : [linkTarget(file.path, target) ?? target.replace(/^(?:\.{0,2}\/)+/u, "")];
  });
  return [
    { path: file.path, tree, how: tree ? "stands in for" : "lies in" },
    { path: readAs(file.path), tree, how: "looks as if it lay in" },
    ...targets.map((path) => ({ path, tree: true, how: "links into" })),
  ];
}

function isSubmodule({ before, after }: ChangedFile): boolean {
  return [before, after].some((version) => version?.content.kind === "submodule");
}

/** True where the pattern names something below the path. */
function holds(path: string, pattern: string): boolean {
  return fold(pattern).startsWith(`${fold(path)}/`);
}
