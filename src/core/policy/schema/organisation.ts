import { z } from "zod";
import type { ModuleSource } from "../schema.ts";
import { first } from "./join.ts";
import { key, later, list, part } from "./key.ts";
import { repositoryName } from "./override.ts";
import { text } from "./values.ts";

/** Keys that only the organisation's file may state. */
export const organisationOnly: ReadonlySet<string> = new Set(["overridable", "profiles", "modules", "images"]);

const repositories = z.strictObject({ names: z.array(text).optional(), topics: z.array(text).optional() });

export const overridable = key(z.array(text), {
  join: first("organisation only"),
  type: "list of keys, such as limits.files",
  says: "Keys that a repository's own file may loosen.",
});

export const profiles = later(
  z.array(
    z.strictObject({
      name: text,
      repositories,
      mode: z.unknown().optional(),
      gate: z.unknown().optional(),
      invariants: z.unknown().optional(),
      rules: z.unknown().optional(),
    }),
  ),
  {
    joinName: "organisation only",
    type: "list of { name, repositories, mode, gate, invariants, rules }",
    says: "Keys for some repositories, matched on facts that no pull request can edit.",
  },
);

export const modules = list(
  {
    source: part(text, {
      type: "address",
      says: "How a source begins, such as `git::https://github.com/acme/modules`; a folder and a version may follow.",
    }),
    repository: part(repositoryName, { type: "owner/name", says: "The repository that it is." }),
  },
  {
    become: (elements): readonly ModuleSource[] => elements,
    join: first<readonly ModuleSource[]>("organisation only"),
    type: "list of { source, repository }",
    says: "Which repository of the organisation an address of modules, bases or charts is.",
  },
);

export const images = later(z.array(z.strictObject({ name: text, repository: text, tag: text.optional() })), {
  joinName: "organisation only",
  type: "list of { name, repository, tag }",
  says: "Images, and the repositories whose commits they carry.",
});
