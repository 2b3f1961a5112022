import { byCodeUnits } from "../../lib/order.ts";
import type { Tree, TreeEntry } from "../change/build.ts";
import type { Content, Gap } from "../change/change-set.ts";
import { isDocument } from "../change/documents.ts";
import { guardrailOf } from "../change/guardrails.ts";
import { lockfilesBeside } from "../dependencies/lockfiles.ts";
import { migrationContext } from "../sql/context.ts";
import { directoryOf, isTerraform } from "../views/terraform.ts";
import { formatOf } from "../views/settings.ts";
import { isValuesFile } from "./values-files.ts";
import { isPackageRoot } from "./deployable.ts";
import { configuresGenerator, isOfFlux } from "./generators.ts";
import { mayDeclareApplications } from "./graph/argo-read.ts";
import { declaresDependencies } from "./graph/helm.ts";
import { isKustomizationFile } from "./graph/kustomize.ts";
import { isSharedHcl } from "./graph/terragrunt.ts";
import { isActionMetadata, isWorkflow } from "./graph/workflow-read.ts";
import { kustomizedFiles, type Side } from "./kustomized.ts";
import { namesOf, type Names, type ReachPolicy } from "./names.ts";

const fileLimit = 5_000;

/** Unchanged files of the head to read beside a change. */
export interface ContextPaths {
  /** Needed whatever they hold, sorted. */
  readonly paths: readonly string[];
  /** Needed where they say who deploys what, which only their text tells; sorted. */
  readonly candidates: readonly string[];
  /** Needed where a kustomization that the change touches takes them in; sorted. */
  readonly parts: readonly string[];
  readonly changed: readonly string[];
  readonly gaps: readonly Gap[];
}

/** All to read before `contextRead` says what of it matters. */
export function contextWanted({ paths, candidates, parts }: ContextPaths): readonly string[] {
  return [...paths, ...candidates, ...parts];
}

/**
 * Unchanged files of the head that must be read to judge the change: all Terraform of the repository (and its symlinks) where
 * the change may be part of a module, or hold what one reads; whatever may put together or deploy the changed files: kustomizations, charts with their values
 * files, workflows, and Applications, which may be in any YAML file; all YAML of the environments whose capacity is summed, where the
 * change reaches one of them; the neighbours of a changed YAML file (its autoscaler); settings of database servers beside any configuration; what
 * migrations are read with; lockfiles of manifests that change without theirs; guardrails that are symlinks, for what they
 * name is the guardrail. Beyond the limit there is a Gap.
 */
export function contextPaths(head: Tree, changedPaths: readonly string[], policy: ReachPolicy): ContextPaths {
  const changed = new Set(changedPaths);
  const isTerraformContext = terraformContext(head, changedPaths);
  const isYamlContext = yamlContext(changedPaths, policy);
  const isMigrationContext = migrationContext(head.keys(), changedPaths);
  const deployment = deploymentContext(head, changedPaths, policy);
  const isLockfileBeside = lockfilesBeside(changedPaths);
  const configures = changedPaths.some((path) => formatOf(path) !== null && !isDocument(path));
  const wanted: string[] = [];
  const candidates: string[] = [];
  const parts: string[] = [];
  for (const [path, { mode }] of head) {
    if (changed.has(path)) continue;
    const isLink = mode === "120000";
    if (
      isTerraformContext(path, isLink) ||
      isYamlContext(path) ||
      (configures && statesCeiling(path)) ||
      isMigrationContext(path) ||
      isLockfileBeside(path) ||
      deployment.reads(path, isLink) ||
      (isLink && guardrailOf(path) !== null)
    )
      wanted.push(path);
    else if (deployment.mayRead(path)) candidates.push(path);
    else if (deployment.mayBePart(path)) parts.push(path);
  }
  wanted.sort(byCodeUnits);
  candidates.sort(byCodeUnits);
  parts.sort(byCodeUnits);
  const count = wanted.length + candidates.length + parts.length;
  const paths = wanted.slice(0, fileLimit);
  const possible = candidates.slice(0, fileLimit - paths.length);
  return {
    paths,
    candidates: possible,
    parts: parts.slice(0, fileLimit - paths.length - possible.length),
    changed: changedPaths,
    gaps: count > fileLimit ? [tooMany(count)] : [],
  };
}

/** The context to judge by, once it is read: of the candidates those that say who deploys what, or that nobody could read. */
export function contextRead(
  { paths, candidates, parts, changed }: ContextPaths,
  { base, head }: { readonly base: Tree; readonly head: Tree },
  contentIn: (entry: TreeEntry) => Content,
): readonly string[] {
  const sideOf = (tree: Tree): Side => ({
    tree,
    contentAt: (path) => {
      const entry = tree.get(path);
      return entry === undefined ? null : contentIn(entry);
    },
  });
  const after = sideOf(head);
  const contentOf = after.contentAt;
  const matters = (content: Content | null): boolean =>
    content !== null && (content.kind !== "text" || mayDeclareApplications(content.text) || isOfFlux(content.text));
  const found = candidates.filter((path) => isYaml(path) && matters(contentOf(path)));
  // The parameters of an ApplicationSet may lie in any of the JSON files.
  const withParameters = found.some((path) => mayHaveParameters(contentOf(path)));
  const kustomizations = [...changed, ...paths].filter(isKustomizationFile);
  const taken = kustomizedFiles([sideOf(base), after], kustomizations, new Set(changed));
  const own = [
    ...paths,
    ...(withParameters ? candidates.filter((path) => !isYaml(path) || mayBeParameters(path)) : []),
    ...found,
    ...[...candidates, ...parts].filter((path) => taken.has(path)),
  ];
  return [...new Set(own)];
}

function mayHaveParameters(content: Content | null): boolean {
  return content?.kind !== "text" || /\bfiles["']?\s*:/u.test(content.text);
}

/** By convention the names of files with the parameters of one environment or cluster. */
function mayBeParameters(path: string): boolean {
  return /(?:^|\/)(?:config|cluster|env|environment|app|params|parameters|values)[^/]*\.(?:json|ya?ml)$/iu.test(path);
}

/** What puts together and deploys: by its name, or by what its text says. Where nothing of the change can be deployed by it, nothing. */
function deploymentContext(
  head: Tree,
  changedPaths: readonly string[],
  policy: ReachPolicy,
): {
  readonly reads: (path: string, isLink: boolean) => boolean;
  readonly mayRead: (path: string) => boolean;
  readonly mayBePart: (path: string) => boolean;
} {
  const names = namesOf(policy);
  const touched = changedPaths.filter((path) => !isDocument(path));
  const packages = new Set([...head.keys(), ...changedPaths].filter(isPackageRoot).map(directoryOf));
  const isPackaged = (path: string): boolean => around(path).some((folder) => packages.has(folder));
  const linked = packages.size > 0 || touched.some(isManifest);
  const runsActions = touched.some((path) => isWorkflow(path) || isActionMetadata(path));
  const reads = (path: string, isLink: boolean): boolean =>
    touched.length > 0 &&
    (isWorkflow(path) ||
      (runsActions && isActionMetadata(path)) ||
      configuresGenerator(path) ||
      isPackageRoot(path) ||
      isSharedHcl(path) ||
      declaresDependencies(path) ||
      (isLink && linked) ||
      (isValuesFile(path) && isPackaged(path)));
  const kustomized = [...head.keys(), ...changedPaths].some(isKustomizationFile);
  const deployed = touched.some((path) => guardrailOf(path) === null && (isManifest(path) || isPackaged(path)));
  // An Application in a library deploys nothing: it is there for others to take.
  const mayRead = (path: string): boolean =>
    deployed && !names.isLibrary(path) && (isYaml(path) || (/\.json$/iu.test(path) && mayBeParameters(path)));
  // Kustomize takes objects and patches from anywhere, and more than that from the folders of kustomizations.
  const mayBePart = (path: string): boolean =>
    deployed && kustomized && (isYaml(path) || (isPackaged(path) && isPartOfKustomization.test(path)));
  return { reads, mayRead, mayBePart };
}

/** By convention the settings of database servers and poolers: what the pools of all programs share. */
function statesCeiling(path: string): boolean {
  return /(?:^|\/)(?:postgres(?:ql)?[^/]*\.conf|pgbouncer[^/]*\.ini|(?:my|mysqld?)\.cnf)$/iu.test(path);
}

/** Patches, and what generators make configuration of. */
const isPartOfKustomization = /\.(?:json|env|properties)$/iu;

function isManifest(path: string): boolean {
  return /\.(?:ya?ml|json|jsonnet)$/iu.test(path);
}

function terraformContext(head: Tree, changedPaths: readonly string[]): (path: string, isLink: boolean) => boolean {
  const files = [...head.keys(), ...changedPaths].filter((path) => isTerraform(path));
  const modules = new Set(files.map(directoryOf));
  const inModule = (path: string): boolean => around(path).some((folder) => modules.has(folder));
  // A link inside a module may bring in files from anywhere: without reading it nobody knows from where.
  const linked = [...head].some(([path, { mode }]) => mode === "120000" && (inModule(path) || leadsIn(path, modules)));
  const mayBePart = (path: string): boolean => inModule(path) || isVariables(path) || isDecoded(path);
  if (!linked && (modules.size === 0 || !changedPaths.some(mayBePart))) return () => false;
  return (path, isLink) => isLink || isTerraform(path) || isVariables(path);
}

/** Forms that configurations read values from, wherever the file lies: `jsondecode(file("../../config/peers.json"))`. */
function isDecoded(path: string): boolean {
  return /\.(?:json|ya?ml|csv|txt|tpl|tftpl|tmpl)$/iu.test(path) && !isDocument(path);
}

/** A link next to modules may itself be one: `modules/shared -> ../../shared`. */
function leadsIn(link: string, modules: ReadonlySet<string>): boolean {
  const folder = directoryOf(link);
  return [...modules].some((module) => directoryOf(module) === folder);
}

function yamlContext(changedPaths: readonly string[], policy: ReachPolicy): (path: string) => boolean {
  const names = namesOf(policy);
  const changedYaml = changedPaths.filter(isYaml);
  const summed = new Set(policy.capacity.flatMap(({ environments }) => environments));
  const reached = new Set(
    changedYaml.flatMap((path) => environmentsOf(path, names)).filter((environment) => summed.has(environment)),
  );
  const folders = new Set(changedYaml.map(directoryOf));
  return (path) =>
    isYaml(path) &&
    (folders.has(directoryOf(path)) || environmentsOf(path, names).some((environment) => reached.has(environment)));
}

function environmentsOf(path: string, names: Names): readonly string[] {
  return [...names.stated(path).flatMap(({ environment }) => environment ?? []), ...names.conventional(path)];
}

function isYaml(path: string): boolean {
  return /\.ya?ml$/iu.test(path);
}

function isVariables(path: string): boolean {
  return /\.tfvars(?:\.json)?$/u.test(path);
}

/** The folders around a path. */
function around(path: string): readonly string[] {
  const segments = path.split("/").slice(0, -1);
  return ["", ...segments.map((_, index) => segments.slice(0, index + 1).join("/"))];
}

function tooMany(count: number): Gap {
  return {
    id: "context-over-limit",
    level: "hold",
    path: null,
    side: "head",
    line: null,
    reason: `what the change reaches, since ${count} unchanged files would have to be read and ${fileLimit} are`,
    remedy: "Name environments and services in `layout`, so that fewer files must be read; people can accept this gap.",
  };
}
