import { z } from "zod";
import type { Content } from "../../change/change-set.ts";
import { placeOf } from "../../change/hunks.ts";
import { defineRule } from "../../rule.ts";
import { inCode } from "../../terraform/telling.ts";

export default defineRule({
  id: "tf-lock-hash-changed",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "high",
  summary: "The lock file of Terraform has other hashes for the same version of a provider.",
  why: "A version that is released does not change. Other hashes for it let another program run with the keys to production, under the name of the one that people know.",
  remedy:
    "Have `terraform init` write the lock file anew from the registry. Where the hashes differ again, find out what was published under that version.",
  needs: "paths",
  options: z.strictObject({}),
  *detect({ files }) {
    for (const file of files) {
      if (!/(?:^|\/)\.terraform\.lock\.hcl$/u.test(file.path) || file.before === null || file.after === null) continue;
      if ([file.before, file.after].some(({ content }) => content.kind !== "text")) {
        yield { at: placeOf(file), undecided: `whether ${inCode(file.path)} holds providers to the same hashes` };
        continue;
      }
      const was = new Map(lockedIn(file.before.content).map((one) => [one.name, one]));
      for (const is of lockedIn(file.after.content)) {
        const old = was.get(is.name);
        const how = old === undefined || old.version !== is.version ? null : howOthers(old.hashes, is.hashes);
        if (how === null) continue;
        const at = { ...placeOf(file), side: "head" as const, line: is.line };
        const message = `${inCode(is.name)} ${inCode(is.version)} ${how}`;
        yield { at, about: `${file.path} ${is.name}`, message };
      }
    }
  },
  examples: {
    "another hash among those of the release": {
      reverse: "reports",
      change: `
      M infra/.terraform.lock.hcl
      ! provider "registry.terraform.io/hashicorp/aws" {
          version = "5.1.0"
          hashes = [
            "h1:aaa=",
            "zh:111",
      -     "zh:222",
      +     "zh:333",
          ]
        }`,
    },
    "all other hashes, and none of the release": {
      reverse: "reports",
      change: `
      M infra/.terraform.lock.hcl
      ! provider "registry.terraform.io/hashicorp/aws" {
          version = "5.1.0"
          hashes = [
      -     "h1:aaa=",
      +     "h1:bbb=",
          ]
        }`,
    },
    "no hashes": `
      M infra/.terraform.lock.hcl
      ! provider "registry.terraform.io/hashicorp/aws" {
          version = "5.1.0"
      -   hashes = [
      -     "h1:aaa=",
      -   ]
        }`,
    "a file that cannot be read": {
      reverse: "reports",
      change: `
      > M infra/.terraform.lock.hcl (unread)
      - provider "registry.terraform.io/hashicorp/aws" {
      -   version = "5.1.0"
      -   hashes  = ["h1:aaa="]
      - }`,
    },
    "a newer version": `
      M infra/.terraform.lock.hcl
        provider "registry.terraform.io/hashicorp/aws" {
      -   version = "5.1.0"
      +   version = "5.2.0"
          hashes = [
      -     "h1:aaa=",
      -     "zh:111",
      +     "h1:bbb=",
      +     "zh:222",
          ]
        }`,
    "hashes for more platforms": `
      M infra/.terraform.lock.hcl
        provider "registry.terraform.io/hashicorp/aws" {
          version = "5.1.0"
          hashes = [
            "h1:aaa=",
      +     "h1:bbb=",
            "zh:111",
          ]
        }`,
    "written on another platform, with the same release": `
      M infra/.terraform.lock.hcl
        provider "registry.terraform.io/hashicorp/aws" {
          version = "5.1.0"
          hashes = [
      -     "h1:aaa=",
      +     "h1:bbb=",
            "zh:111",
            "zh:222",
          ]
        }`,
    "one provider more, one fewer": `
      M infra/.terraform.lock.hcl
      - provider "registry.terraform.io/hashicorp/random" {
      -   version = "3.5.1"
      -   hashes = ["h1:aaa="]
      - }
      + provider "registry.terraform.io/hashicorp/null" {
      +   version = "3.5.1"
      +   hashes = ["h1:bbb="]
      + }`,
  },
});

interface Locked {
  readonly name: string;
  readonly version: string;
  readonly hashes: readonly string[];
  readonly line: number;
}

const provider = /^[ \t]*provider[ \t]+"(?<name>[^"]*)"/u;
const version = /^[ \t]*version[ \t]*=[ \t]*"(?<version>[^"]*)"/u;

/** The file is Terraform's own, always in one layout: https://developer.hashicorp.com/terraform/language/files/dependency-lock */
function lockedIn(content: Content): readonly Locked[] {
  if (content.kind !== "text") return [];
  const found: { name: string; version: string; hashes: string[]; line: number }[] = [];
  for (const [index, text] of content.text.split("\n").entries()) {
    const name = provider.exec(text)?.groups?.["name"];
    if (name !== undefined) found.push({ name, version: "", hashes: [], line: index + 1 });
    const last = found.at(-1);
    if (last === undefined) continue;
    last.version = version.exec(text)?.groups?.["version"] ?? last.version;
    for (const [hash] of text.matchAll(/\b(?:h1|zh):[^"\s]+/gu)) last.hashes.push(hash);
  }
  return found;
}

/**
 * `zh:` are the hashes of all archives of a release, from one signed list: it is complete, and gets no other one. `h1:` is there for
 * each platform that somebody asked for.
 */
function howOthers(before: readonly string[], after: readonly string[]): string | null {
  if (before.length > 0 && after.length === 0) return "has no hashes any more";
  const releaseOf = (hashes: readonly string[]): readonly string[] => hashes.filter((hash) => hash.startsWith("zh:"));
  const [was, is] = [new Set(releaseOf(before)), releaseOf(after)];
  const other = was.size === 0 ? undefined : is.find((hash) => !was.has(hash));
  if (other !== undefined) return `has a hash that it did not have: ${inCode(other)}`;
  const known = is.some((hash) => was.has(hash)) || after.some((hash) => before.includes(hash));
  return known || before.length === 0 ? null : "has none of the hashes that it had";
}
