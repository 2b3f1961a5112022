import { z } from "zod";
import {
  change,
  created,
  list,
  noContent,
  ok,
  parse,
  read,
  type Reply,
  type RepositoryCall,
  type Route,
} from "../http/call.ts";
import { commitsBetween, mergeBase } from "../git-merge.ts";
import { type Commit, type Mode, type TreeEntry, VERIFIED_SIGNATURE } from "../git-objects.ts";
import { commitShape, comparison, blobShape, diffEntry, gitCommit, gitRef, gitTree } from "../shapes/git.ts";
import { changedFiles } from "../state/differences.ts";
import { signatureOf } from "../state/merging.ts";
import { notFound, Refused, unprocessable } from "../state/refused.ts";
import { moveRef, noCommit, resolveCommit } from "../state/repositories.ts";

/** The Git database: what everything else is read from, and how agents write through the API. */
export const gitRoutes: readonly Route[] = [
  read("/git/ref/{ref+}", "contents", (call) => {
    refuseEmpty(call);
    const ref = `refs/${call.param("ref")}`;
    const sha = call.repository.refs.get(ref);
    if (sha === undefined) throw notFound();
    return ok(gitRef(call.repository, ref, sha));
  }),
  read("/git/matching-refs/{ref+}", "contents", (call) => {
    const matching = [...call.repository.refs].filter(([ref]) => ref.startsWith(`refs/${call.param("ref")}`));
    return list(matching, ([ref, sha]) => gitRef(call.repository, ref, sha));
  }),
  read("/git/trees/{sha}", "contents", readTree),
  read("/git/blobs/{sha}", "contents", (call) => {
    const sha = call.param("sha");
    const bytes = call.repository.objects.blob(sha);
    if (bytes === undefined) throw notFound();
    return ok(blobShape(call.repository, sha, bytes));
  }),
  read("/git/commits/{sha}", "contents", (call) => {
    const commit = call.repository.objects.commit(call.param("sha"));
    if (commit === undefined) throw notFound();
    return ok(gitCommit(call.repository, commit));
  }),
  read("/commits", "contents", (call) => {
    refuseEmpty(call);
    const from = resolveCommit(call.repository, call.query.get("sha") ?? call.repository.defaultBranch);
    if (from === undefined) throw notFound();
    return list([...call.repository.objects.ancestors(from)], (sha) =>
      commitShape(call.world, call.repository, commitAt(call, sha)),
    );
  }),
  read("/commits/{ref+}", "contents", (call) => {
    const commit = commitAt(call, call.param("ref"));
    const files = changedFiles(call.repository, commit.parents[0], commit.sha, call.world.ceilings);
    return ok({
      ...commitShape(call.world, call.repository, commit),
      files: files
        .slice(0, call.world.ceilings.compareFiles)
        .map((file) => diffEntry(call.repository, commit.sha, file)),
    });
  }),
  read("/compare/{basehead+}", "contents", compare),
  change("POST", "/git/blobs", ["contents"], "write", (call) => {
    const { content, encoding } = parse(
      z.object({ content: z.string(), encoding: z.enum(["utf-8", "base64"]).default("utf-8") }),
      call.body,
    );
    const sha = call.repository.objects.writeBlob(Buffer.from(content, encoding === "base64" ? "base64" : "utf8"));
    return created({ sha, url: blobShape(call.repository, sha, Buffer.alloc(0)).url });
  }),
  change("POST", "/git/trees", ["contents"], "write", writeTree),
  change("POST", "/git/commits", ["contents"], "write", writeCommit),
  change("POST", "/git/refs", ["contents"], "write", (call) => {
    const { ref, sha } = parse(
      z.object({ ref: z.string().regex(/^refs\/(heads|tags)\/.+/), sha: z.string() }),
      call.body,
    );
    if (call.repository.refs.has(ref)) throw new Refused(422, "Reference already exists");
    moveRef(call.world, call.repository, ref, sha, call.actor);
    return created(gitRef(call.repository, ref, sha));
  }),
  change("PATCH", "/git/refs/{ref+}", ["contents"], "write", (call) => {
    const { sha, force } = parse(z.object({ sha: z.string(), force: z.boolean().default(false) }), call.body);
    const ref = `refs/${call.param("ref")}`;
    if (!call.repository.refs.has(ref)) throw new Refused(422, "Reference does not exist");
    moveRef(call.world, call.repository, ref, sha, call.actor, { force });
    return ok(gitRef(call.repository, ref, sha));
  }),
  change("DELETE", "/git/refs/{ref+}", ["contents"], "write", (call) => {
    moveRef(call.world, call.repository, `refs/${call.param("ref")}`, null, call.actor, { force: true });
    return noContent();
  }),
];

/** The commit that a SHA or a branch names. @throws Refused 422 */
export function commitAt(call: RepositoryCall, name: string): Commit {
  const commit = call.repository.objects.commit(resolveCommit(call.repository, name) ?? "");
  if (commit === undefined) throw noCommit(name);
  return commit;
}

function refuseEmpty(call: RepositoryCall): void {
  if (call.repository.refs.size === 0) throw new Refused(409, "Git Repository is empty.");
}

function readTree(call: RepositoryCall): Reply {
  refuseEmpty(call);
  const { objects } = call.repository;
  const name = call.param("sha");
  const sha =
    objects.tree(name) === undefined ? objects.commit(resolveCommit(call.repository, name) ?? "")?.tree : name;
  if (sha === undefined) throw notFound();
  const entries = call.query.has("recursive") ? [...withDirectories(call, sha, "")] : [...direct(call, sha, "")];
  const ceiling = call.world.ceilings.treeEntries;
  return ok(gitTree(call.repository, sha, entries.slice(0, ceiling), entries.length > ceiling));
}

function* direct(call: RepositoryCall, tree: string, prefix: string): Generator<TreeEntry> {
  for (const [name, link] of call.repository.objects.tree(tree) ?? []) yield { path: `${prefix}${name}`, ...link };
}

function* withDirectories(call: RepositoryCall, tree: string, prefix: string): Generator<TreeEntry> {
  for (const entry of direct(call, tree, prefix)) {
    yield entry;
    if (entry.mode === "40000") yield* withDirectories(call, entry.sha, `${entry.path}/`);
  }
}

function compare(call: RepositoryCall): Reply {
  const { repository, world } = call;
  const [baseName = "", headName = ""] = call.param("basehead").split("...");
  const side = (name: string): Commit => {
    const commit = repository.objects.commit(resolveCommit(repository, name.replace(/^[^:]+:/, "")) ?? "");
    if (commit === undefined) throw notFound();
    return commit;
  };
  const [base, head] = [side(baseName), side(headName)];
  const ancestor = repository.objects.commit(mergeBase(repository.objects, base.sha, head.sha) ?? "");
  if (ancestor === undefined) throw new Refused(404, `No common ancestor between ${baseName} and ${headName}.`);
  const ahead = commitsBetween(repository.objects, base.sha, head.sha).flatMap(
    (sha) => repository.objects.commit(sha) ?? [],
  );
  const behind = commitsBetween(repository.objects, head.sha, base.sha).length;
  const files = changedFiles(repository, ancestor.sha, head.sha, world.ceilings).slice(0, world.ceilings.compareFiles);
  const sides = { base, head, mergeBase: ancestor };
  const answer = (commits: readonly Commit[], shown: typeof files): unknown =>
    comparison(world, repository, sides, { ahead: ahead.length, behind }, commits, shown);
  // Unpaged the newest commits come; page by page all of them, and the files with the first page only.
  if (!call.query.has("page") && !call.query.has("per_page"))
    return ok(answer(ahead.slice(-world.ceilings.compareCommits), files));
  const given = ahead.slice(0, world.ceilings.compareCommitsPaged);
  return {
    kind: "list",
    total: given.length,
    page: (from, to) => answer(given.slice(from, to), from === 0 ? files : []),
  };
}

const newTree = z.object({
  base_tree: z.string().optional(),
  tree: z.array(
    z.object({
      path: z.string(),
      mode: z.enum(["100644", "100755", "120000", "160000", "040000"]),
      sha: z.string().nullable().optional(),
      content: z.string().optional(),
    }),
  ),
});

function writeTree(call: RepositoryCall): Reply {
  const { objects } = call.repository;
  const { base_tree, tree } = parse(newTree, call.body);
  const files = new Map<string, TreeEntry>();
  const base = base_tree === undefined ? undefined : (objects.commit(base_tree)?.tree ?? base_tree);
  if (base !== undefined) {
    if (objects.tree(base) === undefined) throw unprocessable("Tree", "base_tree", "base_tree is not a valid tree oid");
    for (const file of objects.files(base)) files.set(file.path, file);
  }
  for (const { path, mode, sha, content } of tree) {
    const written = content === undefined ? sha : objects.writeBlob(content);
    if (written === undefined) throw unprocessable("Tree", "tree", "Must supply either tree.sha or tree.content");
    if (written === null) files.delete(path);
    else if (mode === "040000") for (const file of objects.files(written, `${path}/`)) files.set(file.path, file);
    else if (mode !== "160000" && objects.blob(written) === undefined)
      throw unprocessable("Tree", "tree", `tree.sha ${written} is not a valid blob`);
    else files.set(path, { path, mode: mode satisfies Mode, sha: written });
  }
  const sha = objects.writeTree(files.values());
  return created(gitTree(call.repository, sha, [...direct(call, sha, "")], false));
}

const person = z.object({ name: z.string(), email: z.string(), date: z.iso.datetime({ offset: true }).optional() });
const newCommit = z.object({
  message: z.string(),
  tree: z.string(),
  parents: z.array(z.string()).default([]),
  author: person.optional(),
  committer: person.optional(),
});

function writeCommit(call: RepositoryCall): Reply {
  const { objects } = call.repository;
  const input = parse(newCommit, call.body);
  if (objects.tree(input.tree) === undefined) throw new Refused(422, "Tree SHA does not exist");
  for (const parent of input.parents)
    if (objects.commit(parent) === undefined)
      throw new Refused(422, "Parent SHA does not exist or is not a commit object");
  const signature = (given: z.infer<typeof person> | undefined) =>
    given === undefined
      ? signatureOf(call.actor.account, call.world.now())
      : {
          name: given.name,
          email: given.email,
          dateMs: given.date === undefined ? call.world.now() : Date.parse(given.date),
        };
  const author = signature(input.author);
  const sha = objects.writeCommit({
    tree: input.tree,
    parents: input.parents,
    author,
    committer: input.committer === undefined ? author : signature(input.committer),
    message: input.message,
    // GitHub signs what an app commits in its own name.
    signature:
      call.actor.app !== null && input.author === undefined && input.committer === undefined
        ? VERIFIED_SIGNATURE
        : null,
  });
  return created(gitCommit(call.repository, commitAt(call, sha)));
}
