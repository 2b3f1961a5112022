import { list, ok, read, type Reply, type RepositoryCall, type Route } from "../http/call.ts";
import { base64Lines, commitShape } from "../shapes/git.ts";
import { simpleUser } from "../shapes/accounts.ts";
import { detailedRules } from "../shapes/protection.ts";
import { API, iso, nodeId, type Schema, WEB } from "../shapes/schema.ts";
import { codeownersErrors } from "../state/codeowners.ts";
import { protectionsOf } from "../state/protection.ts";
import { notFound, Refused } from "../state/refused.ts";
import { branchSha, resolveCommit, treeOf } from "../state/repositories.ts";
import { fullName } from "../state/world.ts";

export const branchRoutes: readonly Route[] = [
  read("/branches", "contents", (call) => {
    const branches = [...call.repository.refs]
      .filter(([ref]) => ref.startsWith("refs/heads/"))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return list(branches, ([ref, sha]) => {
      const name = ref.slice("refs/heads/".length);
      const url = `${API}/repos/${fullName(call.repository)}/commits/${sha}`;
      return {
        name,
        commit: { sha, url },
        protected: protectionsOf(call.repository, name).length > 0,
      } satisfies Schema<"short-branch">;
    });
  }),
  read("/branches/{branch+}", "contents", branch),
  read("/rules/branches/{branch+}", "metadata", (call) => {
    const rulesets = protectionsOf(call.repository, call.param("branch")).filter(({ kind }) => kind === "ruleset");
    return list(
      rulesets.flatMap((ruleset) => detailedRules(call.repository, ruleset)),
      (rule) => rule,
    );
  }),
  read("/contents", "contents", (call) => contents(call, "")),
  read("/contents/{path+}", "contents", (call) => contents(call, call.param("path"))),
  read("/codeowners/errors", "contents", (call) => {
    const ref = call.query.get("ref") ?? call.repository.defaultBranch;
    const commit = resolveCommit(call.repository, ref);
    if (commit === undefined) throw notFound();
    const found = codeownersErrors(call.world, call.repository, treeOf(call.repository, commit));
    const errors = found.map((error) => ({ ...error, suggestion: null }));
    return ok({ errors } satisfies Schema<"codeowners-errors">);
  }),
  read("/activity", "contents", (call) => {
    const [ref, kind] = [call.query.get("ref"), call.query.get("activity_type")];
    const entries = call.repository.activity.filter(
      (entry) =>
        (ref === null || entry.ref === ref || entry.ref === `refs/heads/${ref}`) &&
        (kind === null || entry.kind === kind),
    );
    return list(
      entries.toReversed(),
      (entry) =>
        ({
          id: entry.id,
          node_id: nodeId("PSH", entry.id),
          before: entry.before,
          after: entry.after,
          ref: entry.ref,
          timestamp: iso(entry.atMs),
          activity_type: entry.kind,
          actor: simpleUser(entry.actor),
        }) satisfies Schema<"activity">,
    );
  }),
];

function branch(call: RepositoryCall): Reply {
  const name = call.param("branch");
  const { repository } = call;
  const commit = repository.objects.commit(branchSha(repository, name) ?? "");
  if (commit === undefined) throw new Refused(404, "Branch not found");
  const url = `${API}/repos/${fullName(repository)}/branches/${name}`;
  const protections = protectionsOf(repository, name);
  const checks = protections.filter(({ kind }) => kind === "classic").flatMap(({ requiredChecks }) => requiredChecks);
  return ok({
    name,
    commit: commitShape(call.world, repository, commit),
    _links: { html: `${WEB}/${fullName(repository)}/tree/${name}`, self: url },
    protected: protections.length > 0,
    protection: {
      enabled: protections.some(({ kind }) => kind === "classic"),
      required_status_checks: {
        enforcement_level: checks.length > 0 ? "everyone" : "off",
        contexts: checks.map(({ context }) => context),
        checks: checks.map(({ context, app }) => ({ context, app_id: app?.id ?? null })),
      },
    },
    protection_url: `${url}/protection`,
  } satisfies Schema<"branch-with-protection">);
}

/** A file, the target of a symbolic link (GitHub follows it), or the entries of a directory. */
function contents(call: RepositoryCall, path: string): Reply {
  const { repository } = call;
  const ref = call.query.get("ref") ?? repository.defaultBranch;
  const commit = resolveCommit(repository, ref);
  if (commit === undefined) throw new Refused(404, `No commit found for the ref ${ref}`);
  const tree = treeOf(repository, commit);
  const entry = path === "" ? { path, mode: "40000" as const, sha: tree } : repository.objects.entryAt(tree, path);
  if (entry === undefined) throw notFound();
  const address = (at: string, sha: string) => {
    const self = `${API}/repos/${fullName(repository)}/contents/${at}?ref=${ref}`;
    const git = `${API}/repos/${fullName(repository)}/git/blobs/${sha}`;
    const html = `${WEB}/${fullName(repository)}/blob/${ref}/${at}`;
    return { url: self, git_url: git, html_url: html, download_url: null, _links: { self, git, html } };
  };
  if (entry.mode === "40000") {
    const children = [...(repository.objects.tree(entry.sha) ?? [])];
    return ok(
      children.map(([name, { mode, sha }]) => {
        const at = path === "" ? name : `${path}/${name}`;
        const type =
          mode === "40000" ? "dir" : mode === "160000" ? "submodule" : mode === "120000" ? "symlink" : "file";
        return { type, size: repository.objects.blob(sha)?.length ?? 0, name, path: at, sha, ...address(at, sha) };
      }) satisfies Schema<"content-directory">,
    );
  }
  const bytes = repository.objects.blob(entry.sha);
  if (bytes === undefined) throw notFound();
  if (entry.mode === "120000") {
    const target = new URL(bytes.toString("utf8"), `file:///${path}`).pathname.slice(1);
    if (repository.objects.entryAt(tree, target) !== undefined) return contents(call, target);
  }
  const name = path.split("/").at(-1) ?? path;
  return ok({
    type: "file",
    encoding: "base64",
    size: bytes.length,
    name,
    path,
    content: base64Lines(bytes),
    sha: entry.sha,
    ...address(path, entry.sha),
  } satisfies Schema<"content-file">);
}
