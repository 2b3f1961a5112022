import { z } from "zod";
import { inCode } from "../../dependencies/changes.ts";
import { lockfilePlaces } from "../../dependencies/lockfiles.ts";
import type { Declared, Reading } from "../../dependencies/reading.ts";
import { defineRule } from "../../rule.ts";
import type { DependenciesView, DependencyFile } from "../../views/dependencies.ts";

/** Places of their own: what stands there is in no lockfile, or is not of this workspace. */
const specimen =
  /(?:^|\/)(?:tests?|__tests__|testdata|e2e|fixtures?|__fixtures__|examples?|samples?|docs?|demos?|templates?|benchmarks?|vendor|node_modules)\//iu;
/** Ranges that name a folder or the workspace. */
const local = /^(?:workspace|file|link|portal|catalog):|^\.{0,2}\//u;

export default defineRule({
  id: "manifest-without-lockfile",
  invariant: "supply-chain-is-intact",
  severity: "medium",
  confidence: "medium",
  summary: "A manifest asks for other packages than before, and its lockfile stands beside it unchanged.",
  why: "The next installation that does not insist on the lockfile picks versions that nobody looked at, and one that insists fails.",
  remedy: "Have the package manager write the lockfile, and commit it in the same change.",
  needs: "dependencies",
  options: z.strictObject({}),
  *detect(view) {
    for (const file of view.files) {
      if (file.role !== "manifest" || file.isNew || file.isGone || specimen.test(file.path)) continue;
      const lockfile = lockfileOf(file, view);
      if (lockfile === null) continue;
      const asked = file.after.declared.filter((one) => isUnmet(one, file, lockfile.reading));
      const [first] = asked;
      if (first === undefined) continue;
      const others = asked.length === 1 ? "" : `, one of ${asked.length} such packages`;
      const range = first.range === null ? "" : ` ${inCode(first.range)}`;
      yield {
        at: { path: file.path, side: "head", line: first.line },
        about: file.path,
        message: `${inCode(file.path)} asks for ${inCode(first.name)}${range}${others}, and ${inCode(lockfile.path)} does not change`,
        asks: true,
      };
    }
  },
  examples: {
    "a package that the lockfile does not know": `
      M web/package.json
        {
          "dependencies": {
      >     "right": "^1.0.0",
            "left": "^1.0.0"
          }
        }
      = web/yarn.lock
        left@^1.0.0:
          version "1.0.0"`,
    "another range": {
      reverse: "reports",
      change: `
      M web/package.json
        {
          "dependencies": {
      -     "left": "^1.0.0"
      >     "left": "^2.0.0"
          }
        }
      = web/yarn.lock
        left@^1.0.0:
          version "1.0.0"`,
    },
    "the lockfile of the workspace": `
      M packages/web/package.json
        {
          "dependencies": {
      >     "right": "^1.0.0",
            "left": "^1.0.0"
          }
        }
      = yarn.lock
        left@^1.0.0:
          version "1.0.0"`,
    "a module without its sum": `
      M go.mod
        module acme.example/shop
      - require github.com/acme/left v1.0.0
      > require github.com/acme/left v1.1.0
      = go.sum
        github.com/acme/left v1.0.0 h1:aaa=`,
    "scripts and the version of the package itself": `
      M web/package.json
        {
      -   "version": "1.0.0",
      +   "version": "1.1.0",
          "scripts": {
      -     "test": "vitest"
      +     "test": "vitest run"
          },
          "dependencies": { "left": "^1.0.0" }
        }
      = web/yarn.lock
        left@^1.0.0:
          version "1.0.0"`,
    "a library without a lockfile": `
      M web/package.json
        {
          "dependencies": {
      -     "left": "^1.0.0"
      +     "left": "^2.0.0"
          }
        }`,
    "a part of the workspace, which no lockfile holds": `
      M packages/web/package.json
        {
          "dependencies": {
      -     "@acme/core": "1.0.0",
      +     "@acme/core": "1.1.0",
            "left": "^1.0.0"
          }
        }
      = yarn.lock
        left@^1.0.0:
          version "1.0.0"`,
    "a range that what is locked still meets": `
      M Cargo.toml
        [package]
        name = "shop"
        [dependencies]
      - left = "1.0.0"
      + left = "1.0.5"
      = Cargo.lock
        [[package]]
        name = "left"
        version = "1.0.9"
        source = "registry+https://github.com/rust-lang/crates.io-index"`,
    "a package fewer": `
      M web/package.json
        {
          "dependencies": {
      -     "right": "^1.0.0",
            "left": "^1.0.0"
          }
        }
      = web/yarn.lock
        left@^1.0.0:
          version "1.0.0"`,
  },
});

/** The nearest lockfile that a manifest may have; null where there is none, where it changes too, or where it is that of others. */
function lockfileOf(
  file: DependencyFile,
  { files, standing }: DependenciesView,
): { readonly path: string; readonly reading: Reading | null } | null {
  const places = lockfilePlaces(file.path);
  if (files.some(({ path }) => places.some((folder) => folder.includes(path)))) return null;
  const [own = []] = places;
  const path = places.flat().find((place) => standing.has(place));
  const reading = path === undefined ? undefined : (standing.get(path) ?? null);
  if (path === undefined || reading === undefined) return null;
  return own.includes(path) || holdsMost(file, reading) ? { path, reading } : null;
}

/** A lockfile further up is that of the workspace only where it holds most of what the manifest goes on asking for. */
function holdsMost({ before, after }: DependencyFile, reading: Reading | null): boolean {
  const locked = new Set(reading?.locked.map(({ name }) => name));
  const kept = after.declared.filter(({ name }) => before.declared.some((was) => was.name === name));
  return kept.length > 0 && kept.filter(({ name }) => locked.has(name)).length * 2 >= kept.length;
}

function isUnmet(
  { name, range, isIndirect }: Declared,
  { before, after, ecosystem }: DependencyFile,
  lockfile: Reading | null,
): boolean {
  const were = before.declared.filter((was) => was.name === name);
  if (isIndirect === true || were.some((was) => was.range === range) || local.test(range ?? "")) return false;
  // `replace` of Go takes a module from elsewhere, and a folder has no sum.
  const replaces = after.directives.filter(({ kind }) => kind === "override");
  if (ecosystem === "go" && replaces.some(({ key }) => key.split(/\s/u).includes(name))) return false;
  if (lockfile === null) return true;
  const locked = lockfile.locked.filter((one) => one.name === name);
  // What was asked for and never locked is a part of the same repository.
  if (were.length > 0 && locked.length === 0) return false;
  // These alone write no ranges into their lockfile, so that it stays where it meets the new one.
  if (ecosystem === "go") return !locked.some(({ version }) => version === range || version === `${range}/go.mod`);
  return ecosystem === "cargo" ? !locked.some(({ version }) => meets(version, range)) : true;
}

/** Whether a version is within a caret range of Cargo; other ranges are taken to be met, as nobody reads them here. */
function meets(version: string, range: string | null): boolean {
  if (range?.startsWith("=") === true) return version === range.slice(1).trim();
  const wanted = /^[\^~]?\s*(\d+(?:\.\d+){0,2})$/u
    .exec(range?.trim() ?? "")?.[1]
    ?.split(".")
    .map(Number);
  if (wanted === undefined) return true;
  const own = version.split(/[.+-]/u).slice(0, 3).map(Number);
  const fixed = wanted.findIndex((part) => part > 0);
  for (const [index, part] of wanted.entries()) {
    const is = own[index] ?? 0;
    if (is !== part) return is > part && index > (fixed === -1 ? wanted.length : fixed);
  }
  return true;
}
