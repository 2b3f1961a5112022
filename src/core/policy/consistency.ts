import { impossibleAutonomy } from "./autonomy.ts";
import { type Mistake, unknownName } from "./explain.ts";
import type { PolicyContext } from "./context.ts";
import { impossibleFreezes } from "./freezes.ts";
import type { Entry } from "./schema/key.ts";
import { organisationOnly } from "./schema/organisation.ts";
import { root, type Statement } from "./schema/root.ts";

/** What one file says that cannot be meant: each key is well formed, but it contradicts another one or the file's place. */
export function disagreements(statement: Statement, value: unknown, context: PolicyContext): readonly Mistake[] {
  return [
    ...foreignKeys(statement, context),
    ...unknownOverridable(statement),
    ...forbiddenAndAllowed(statement),
    ...sharedAliases(statement),
    ...emptyAreas(statement),
    ...doublePools(value),
    ...unknownWaivers(statement, context),
    ...impossibleFreezes(statement),
    ...impossibleAutonomy(statement, value),
  ];
}

function foreignKeys(statement: Statement, { scope }: PolicyContext): readonly Mistake[] {
  if (scope === "organisation") return [];
  return Object.keys(statement)
    .filter((key) => organisationOnly.has(key))
    .map((key) => ({
      path: [key],
      at: "key",
      message: `\`${key}\` belongs to the organisation's file`,
      remedy: "state it in sallyport.yml of the organisation's .github repository",
    }));
}

/** What a path of `overridable` leads to. Below a map the author's names are not known: any name passes. */
function entryAt(path: readonly string[]): Entry | "inside a value" | null {
  let current: Entry = root.entry;
  for (const part of path) {
    if (current.below === null || current.below.kind === "list") return "inside a value";
    if (current.below.kind === "map") {
      current = { ...current, below: { kind: "group", keys: current.below.keys } };
      continue;
    }
    const next: Entry | undefined = Object.hasOwn(current.below.keys, part) ? current.below.keys[part] : undefined;
    if (next === undefined) return null;
    current = next;
  }
  return current;
}

function unknownOverridable({ overridable = [] }: Statement): readonly Mistake[] {
  return overridable.flatMap((name, index): readonly Mistake[] => {
    const path = ["overridable", index];
    const parts = name.split(".");
    const entry = entryAt(parts);
    if (entry === "inside a value") {
      return [{ path, at: "value", message: `\`${name}\` is a part of a value`, remedy: "name the key that holds it" }];
    }
    if (organisationOnly.has(name) || name === "version") {
      return [{ path, at: "value", message: `\`${name}\` cannot be loosened`, remedy: "remove it" }];
    }
    if (entry === null) {
      return [{ path, at: "value", ...unknownName("key", name, overridableNames()) }];
    }
    if (entry.enforced === "later") {
      return [{ path, at: "value", message: `not enforced yet: \`${name}\``, remedy: "remove it" }];
    }
    return [];
  });
}

function overridableNames(): readonly string[] {
  const below = root.entry.below?.keys ?? {};
  return Object.entries(below)
    .filter(([name, { enforced }]) => enforced === true && !organisationOnly.has(name) && name !== "version")
    .flatMap(([name, entry]) => {
      const inner = entry.below?.kind === "group" ? Object.keys(entry.below.keys) : [];
      return [name, ...inner.map((key) => `${name}.${key}`)];
    });
}

function forbiddenAndAllowed({ forbidden = [], allowlist = [] }: Statement): readonly Mistake[] {
  const allowed = new Set(allowlist.flat());
  return forbidden.flatMap((pattern, index) =>
    allowed.has(pattern)
      ? [
          {
            path: ["forbidden", index],
            at: "value" as const,
            message: `\`${pattern}\` is both forbidden and in the allowlist`,
            remedy: "remove it from one of the two",
          },
        ]
      : [],
  );
}

function sharedAliases({ environments = {} }: Statement): readonly Mistake[] {
  const owners = new Map<string, string>();
  for (const name of Object.keys(environments)) owners.set(name.toLowerCase(), name);
  return Object.entries(environments).flatMap(([name, { aliases = [] }]) =>
    aliases.flatMap((alias, index) => {
      const owner = owners.get(alias.toLowerCase());
      owners.set(alias.toLowerCase(), name);
      if (owner === undefined || owner === name) return [];
      return [
        {
          path: ["environments", name, "aliases", index],
          at: "value" as const,
          message: `"${alias}" already stands for the environment "${owner}"`,
          remedy: "let each name stand for one environment",
        },
      ];
    }),
  );
}

function emptyAreas({ areas = {} }: Statement): readonly Mistake[] {
  return Object.entries(areas).flatMap(([name, { kinds = [], paths = [] }]) =>
    kinds.length + paths.length > 0
      ? []
      : [
          {
            path: ["areas", name],
            at: "key" as const,
            message: `nothing can be in the area "${name}"`,
            remedy: "state its kinds, its paths or both",
          },
        ],
  );
}

function doublePools(value: unknown): readonly Mistake[] {
  const pools = typeof value === "object" && value !== null && "capacity" in value ? value.capacity : [];
  const seen = new Set<unknown>();
  return (Array.isArray(pools) ? pools : []).flatMap((pool: unknown, index) => {
    const name = typeof pool === "object" && pool !== null && "name" in pool ? pool.name : undefined;
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    const message = `the pool "${String(name)}" stands twice`;
    return [
      { path: ["capacity", index, "name"], at: "value" as const, message, remedy: "give each pool its own name" },
    ];
  });
}

function unknownWaivers({ waivers = [] }: Statement, { rules }: PolicyContext): readonly Mistake[] {
  return waivers.flatMap(({ rule }, index) =>
    rules.some(({ id }) => id === rule)
      ? []
      : [
          {
            path: ["waivers", index, "rule"],
            at: "value" as const,
            ...unknownName(
              "rule",
              rule,
              rules.map(({ id }) => id),
            ),
          },
        ],
  );
}
