import { z } from "zod";
import type { FileVersion } from "../../change/change-set.ts";
import { placeOf } from "../../change/hunks.ts";
import { defineRule } from "../../rule.ts";
import { inCode } from "../../terraform/telling.ts";

export default defineRule({
  id: "tf-state-committed",
  invariant: "no-secrets",
  severity: "critical",
  confidence: "high",
  summary: "A state, a plan or a crash log of Terraform is committed.",
  why: "All three hold passwords and keys in plain text, in the history for good. And a state in the folder of a configuration is one that Terraform may take for the truth, however old it is.",
  remedy:
    "Take the file out of the branch's history, list its name in `.gitignore`, and replace the secrets that it shows; keep states in a backend.",
  needs: "paths",
  options: z.strictObject({}),
  *detect({ files }) {
    const known = new Set(files.flatMap(({ path, before }) => (kindOf(path, before) === null ? [] : before?.sha)));
    for (const file of files) {
      const { path, after } = file;
      const kind = kindOf(path, after);
      // What the base holds already comes to nobody's eyes anew: it is moved, or only its mode changes.
      if (kind === null || after === null || known.has(after.sha)) continue;
      const how = file.status === "added" ? "is" : "has other content, and is";
      yield { at: placeOf(file), message: `${inCode(path)} ${how} ${kind}` };
    }
  },
  examples: {
    "a state": `
      > A infra/terraform.tfstate
        {"version": 4, "serial": 7}`,
    "a state is changed": {
      reverse: "reports",
      change: `
      > M infra/terraform.tfstate
      - {"version": 4, "serial": 7}
      + {"version": 4, "serial": 8}`,
    },
    "its backups, with and without a moment": `
      > A infra/terraform.tfstate.backup
        {"version": 4, "serial": 7}
      > A infra/terraform.tfstate.1700000000.backup
        {"version": 4, "serial": 6}
      > A infra/terraform.tfstate.d/production/terraform.tfstate
        {"version": 4, "serial": 5}`,
    "a plan": `
      > A infra/production.tfplan (binary)
      > A infra/tfplan (binary)
      > A infra/tfplan.json
        {"format_version": "1.2"}`,
    "crash logs": `
      > A infra/crash.log
        2026/11/20 [INFO] Terraform version
      > A infra/crash.20261120.log
        2026/11/20 [INFO] Terraform version`,
    "in other letters": `
      > A infra/Terraform.TFState
        {"version": 4, "serial": 7}`,
    "a state by another name": `
      > A backup/old.json
        {
          "version": 4,
          "terraform_version": "1.9.0",
          "serial": 7,
          "lineage": "0a1b",
          "resources": [{ "type": "aws_db_instance" }]
        }`,
    "a file gets the name that Terraform reads": `
      D infra/old.bin
        {"version": 4, "serial": 7}
      > A infra/terraform.tfstate
        {"version": 4, "serial": 7}`,
    "what cannot be read is known by its name": `
      > A infra/terraform.tfstate (unread)`,
    "a state is taken out": `
      D infra/terraform.tfstate
        {"version": 4, "serial": 7}`,
    "a state that was there is moved": `
      D infra/terraform.tfstate
        {"version": 4, "serial": 7}
      A infra/old/terraform.tfstate
        {"version": 4, "serial": 7}`,
    "it only speaks of states": `
      A docs/terraform.tfstate.md
        How "lineage", "serial" and "terraform_version" belong together.
      A infra/tfstate.tf
        resource "aws_s3_bucket" "tfstate" {}
      A infra/tfplan.sh
        terraform plan`,
    "a lock file and the settings of a backend": `
      A infra/.terraform.lock.hcl
        provider "registry.terraform.io/hashicorp/aws" {}
      A infra/production.tfbackend
        key = "production"`,
    "a log of something else": `
      A app/crash.logger.ts
        export {};`,
    "a link holds no state": `
      A infra/terraform.tfstate -> ../elsewhere`,
  },
});

/** https://github.com/github/gitignore/blob/main/Terraform.gitignore; `tfplan` is the name that the documentation gives to plans. */
const names: readonly (readonly [RegExp, string])[] = [
  [/\.tfstate(?:\.(?:\d+\.)?backup)?$/iu, "a state of Terraform"],
  [/(?:^|[./_-])tfplan(?:\.(?:json|out|bin|binary))?$/iu, "a plan of Terraform"],
  [/(?:^|\/)crash(?:\.[\w-]+)?\.log$/iu, "a crash log of Terraform"],
];
/** All of them stand at the top of every state since version 3; no other file has them together. */
const marksOfState = [/^\s*\{/u, /"terraform_version"\s*:/u, /"serial"\s*:/u, /"lineage"\s*:/u];

function kindOf(path: string, version: FileVersion | null): string | null {
  if (version === null) return null;
  const { content } = version;
  if (content.kind === "symlink" || content.kind === "submodule") return null;
  const named = names.find(([pattern]) => pattern.test(path));
  if (named !== undefined) return named[1];
  const isState = content.kind === "text" && marksOfState.every((mark) => mark.test(content.text));
  return isState ? "a state of Terraform, by another name" : null;
}
