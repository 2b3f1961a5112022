import { list, read, type RepositoryCall, type Route } from "../http/call.ts";
import type { Advisory } from "../state/model.ts";
import { notFound } from "../state/refused.ts";
import { resolveCommit } from "../state/repositories.ts";

/** Only versions with advisories are told: nothing else is asked for. https://docs.github.com/en/rest/dependency-graph/dependency-review */
export const dependencyRoutes: readonly Route[] = [
  read("/dependency-graph/compare/{basehead+}", "contents", (call) => {
    const { advisories } = call.repository;
    if (advisories === null) throw notFound();
    const [base = "", head = ""] = call.param("basehead").split("...");
    const changes = advisories.flatMap((advisory) => {
      const [was, is] = [holds(call, base, advisory), holds(call, head, advisory)];
      return was === is ? [] : [dependencyChange(advisory, is ? "added" : "removed")];
    });
    return list(changes, (one) => one);
  }),
];

/** Whether the manifest names package and version; the fake reads no formats. */
function holds({ repository }: RepositoryCall, name: string, { manifest, name: of, version }: Advisory): boolean {
  const { objects } = repository;
  const commit = objects.commit(resolveCommit(repository, name) ?? "");
  if (commit === undefined) throw notFound();
  const entry = objects.entryAt(commit.tree, manifest);
  const bytes = entry === undefined ? undefined : objects.blob(entry.sha);
  const text = bytes === undefined ? "" : new TextDecoder().decode(bytes);
  return text.split("\n").some((line) => line.includes(of) && line.includes(version));
}

function dependencyChange(
  { manifest, ecosystem, name, version, severity, id, summary }: Advisory,
  type: "added" | "removed",
): unknown {
  return {
    change_type: type,
    manifest,
    ecosystem,
    name,
    version,
    package_url: `pkg:${ecosystem}/${name}@${version}`,
    license: null,
    source_repository_url: null,
    scope: "runtime",
    vulnerabilities: [
      {
        severity,
        advisory_ghsa_id: id,
        advisory_summary: summary,
        advisory_url: `https://github.com/advisories/${id}`,
      },
    ],
  };
}
