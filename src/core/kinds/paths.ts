import { changed, type ChangeSet } from "../change/change-set.ts";
import { isLockfile, isManifest } from "../change/dependencies.ts";
import { isDocument } from "../change/documents.ts";
import { guardrailOf } from "../change/guardrails.ts";
import { firstChange } from "../change/hunks.ts";
import type { KindEvidence } from "./evidence.ts";
import { fold, tightening } from "../policy/patterns.ts";
import type { Kind } from "../policy/schema.ts";
import { isTerraform } from "../views/terraform.ts";

const workflow = tightening([
  ".github/workflows/**/*.{yml,yaml}",
  ".github/actions/**",
  "{azure-pipelines*,bitbucket-pipelines,.travis,.drone,cloudbuild,buildspec,atlantis}.{yml,yaml}",
  "**/{,*.}gitlab-ci.{yml,yaml}",
  ".azuredevops/**",
  ".circleci/**",
  ".buildkite/**",
  "**/{Jenkinsfile,Jenkinsfile.*,*.jenkinsfile}",
]);

/** Where frameworks keep migrations: Rails, Django, Alembic, Prisma, Knex, Flyway, Liquibase, golang-migrate, Laravel. */
const migration = tightening([
  "**/db/migrate/**",
  "**/migrations/**/*.{sql,py,rb,js,ts,php,go,cs,java,kt,exs}",
  "**/{alembic,migrations}/versions/**",
  "**/{flyway,liquibase,changelog,db/changelog}/**/*.{sql,xml,yml,yaml,json}",
  "**/migration/**/*.sql",
  "**/V?*__*.sql",
]);

/** Neither run nor read by a program that runs: media and fonts. */
const media = /\.(?:png|jpe?g|gif|webp|avif|ico|bmp|pdf|mp[34]|webm|woff2?|ttf|otf|eot)$/u;
const configuration = /\.(?:ya?ml|json|jsonc|toml|ini|properties|conf|cfg|env|xml|tfvars)$|(?:^|\/)\.env[^/]*$/u;

/** Kinds that the path tells. Terraform tells by its blocks, media by nothing; every other path has one at least. */
export function pathKinds(change: ChangeSet): readonly KindEvidence[] {
  return changed(change).flatMap((file) => {
    const at = firstChange(file);
    return kindsOfPath(file.path).map(({ kind, because }) => ({
      kind,
      path: file.path,
      side: at?.side ?? (file.after === null ? ("base" as const) : ("head" as const)),
      line: at?.line ?? null,
      because,
    }));
  });
}

function kindsOfPath(path: string): readonly { readonly kind: Kind; readonly because: string }[] {
  const found: { kind: Kind; because: string }[] = [];
  const guardrail = guardrailOf(path);
  if (guardrail !== null) found.push({ kind: "guardrail", because: guardrail });
  if (workflow(path)) found.push({ kind: "workflow", because: "a workflow" });
  if (isLockfile(path)) found.push({ kind: "dependencies", because: "a lockfile" });
  else if (isManifest(path)) found.push({ kind: "dependencies", because: "a manifest of dependencies" });
  if (migration(path)) found.push({ kind: "migration", because: "a migration" });
  if (found.length > 0) return found;
  if (isDocument(path)) return [{ kind: "docs", because: "documentation" }];
  if (configuration.test(fold(path))) return [{ kind: "config", because: "a configuration file" }];
  // Scripts have no extension, and languages are many: what is nothing else counts as code.
  return media.test(fold(path)) || isTerraform(path) ? [] : [{ kind: "code", because: "source code" }];
}
