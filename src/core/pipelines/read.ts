import type { Side } from "../change/change-set.ts";
import type { Memo } from "../syntax.ts";
import { tooLongLines } from "../workflows/script.ts";
import { documentsOf } from "../views/documents.ts";
import { type Value, valueOf } from "../views/value.ts";
import { atlantisJobs } from "./atlantis.ts";
import { azureJobs, azureParts } from "./azure.ts";
import { circleJobs, circleParts } from "./circleci.ts";
import { gitlabJobs, gitlabLocals, gitlabParts } from "./gitlab.ts";
import { linesOf } from "./gates.ts";
import { jenkinsJobs, jenkinsParts } from "./jenkins.ts";
import type { Pipeline, PipelineSystem } from "./model.ts";

export interface PipelineFile {
  readonly path: string;
  readonly side: Side;
  readonly sha: string;
  readonly text: string;
}

export type PipelineReading =
  /** Null where the file holds nothing that would run. */
  | { readonly ok: true; readonly pipeline: Pipeline | null; readonly locals: readonly string[] }
  | { readonly ok: false; readonly line: number; readonly reason: string };

const names: Readonly<Record<PipelineSystem, RegExp>> = {
  gitlab: /(?:^|\/)(?:[^/]*\.)?gitlab-ci(?:[.-][^/]*)?\.ya?ml$|^\.gitlab\/(?!(?:agents|dashboards)\/).+\.ya?ml$/u,
  circleci: /^\.circleci\/.+\.ya?ml$/u,
  azure:
    /(?:^|\/)\.?azure-?pipelines?(?:[.-][^/]*)?\.ya?ml$|(?:^|\/)\.?azure-?(?:pipelines?|devops)\/.+\.ya?ml$|^\.azuredevops\/.+\.ya?ml$/u,
  jenkins: /(?:^|\/)jenkinsfile(?:[.-](?![^/]*\.?(?:md|adoc|rst|txt)$)[^/]*)?$|\.jenkinsfile$/iu,
  atlantis: /(?:^|\/)(?:atlantis|server-side-repos?|repos)\.ya?ml$/u,
};

/** Whose file it is, by its name; null where it is nobody's. Files that a pipeline of GitLab includes have any name. */
export function systemOf(path: string): PipelineSystem | null {
  const found = (Object.keys(names) as readonly PipelineSystem[]).find((system) => names[system].test(path));
  return found ?? null;
}

/** Reads what a pipeline runs, what it waits for and what it is made of. A line of a script that is too long to be judged makes it unreadable. */
export function readPipeline(file: PipelineFile, system: PipelineSystem, memo: Memo): PipelineReading {
  const read = readAny(file, system, memo);
  const [long] = read.ok ? tooLongLines((read.pipeline?.jobs ?? []).flatMap(linesOf)) : [];
  return long === undefined ? read : { ok: false, line: long.at.line, reason: long.reason };
}

function readAny(file: PipelineFile, system: PipelineSystem, memo: Memo): PipelineReading {
  const { path } = file;
  if (system === "jenkins") {
    const jobs = jenkinsJobs(file);
    if (jobs === null) return { ok: false, line: 1, reason: "a text or a comment in it has no end" };
    return { ok: true, pipeline: { path, system, jobs, parts: jenkinsParts(file) }, locals: [] };
  }
  const read = documentsOf(file.sha, file.text, memo, "1.2");
  if (!read.ok) return read;
  const trees = read.documents.map((tree) => valueOf(tree, path, file.side));
  // GitLab allows a head with `spec` before the pipeline.
  const [first] = trees;
  const main = system === "gitlab" && trees.length === 2 && first?.at("spec") !== undefined ? trees[1] : first;
  if (main === undefined || main.scalar === null) return { ok: true, pipeline: null, locals: [] };
  if (main.scalar !== undefined || main.items().length > 0) {
    // A list of steps or jobs is a template of Azure's; a name such as `repos.yaml` may mean anything.
    return system === "atlantis" || system === "azure"
      ? { ok: true, pipeline: null, locals: [] }
      : { ok: false, line: main.place.line, reason: "it is no map" };
  }
  if (system === "atlantis" && !isAtlantis(main)) return { ok: true, pipeline: null, locals: [] };
  return { ok: true, pipeline: pipelineOf(path, system, main), locals: system === "gitlab" ? gitlabLocals(main) : [] };
}

function isAtlantis(root: Value): boolean {
  const projects = root.at("projects") ?? root.at("repos");
  return (
    /(?:^|\/)atlantis\.ya?ml$/u.test(root.place.path) ||
    (projects?.items() ?? []).some((one) =>
      ["apply_requirements", "allowed_overrides", "allow_custom_workflows"].some((key) => one.at(key) !== undefined),
    )
  );
}

function pipelineOf(path: string, system: Exclude<PipelineSystem, "jenkins">, root: Value): Pipeline {
  switch (system) {
    case "gitlab":
      return { path, system, jobs: gitlabJobs(root), parts: gitlabParts(root) };
    case "circleci":
      return { path, system, jobs: circleJobs(root), parts: circleParts(root) };
    case "azure":
      return { path, system, jobs: azureJobs(root), parts: azureParts(root) };
    case "atlantis":
      return { path, system, jobs: atlantisJobs(root), parts: [] };
  }
}
