import { byCodeUnits } from "../../lib/order.ts";
import type { Tree } from "../change/build.ts";
import type { Gap } from "../change/change-set.ts";
import { guardrailOf } from "../change/guardrails.ts";
import { directoryOf, isTerraform } from "../views/terraform.ts";
import { isPackageRoot } from "./deployable.ts";
import { namesOf, type Names, type ReachPolicy } from "./names.ts";

const fileLimit = 5_000;

/**
 * Unchanged files of the head that must be read to judge the change: all Terraform of the repository (and its symlinks) where
 * the change may be part of a module; all YAML of the environments whose capacity is summed, where the change reaches one of them;
 * the neighbours of a changed YAML file (its autoscaler); what makes the folders around a change a chart or a Kustomize folder;
 * guardrails that are symlinks, for what they name is the guardrail. Beyond the limit there is a Gap.
 */
export function contextPaths(
  head: Tree,
  changedPaths: readonly string[],
  policy: ReachPolicy,
): { readonly paths: readonly string[]; readonly gaps: readonly Gap[] } {
  const changed = new Set(changedPaths);
  const isTerraformContext = terraformContext(head, changedPaths);
  const isYamlContext = yamlContext(changedPaths, policy);
  const isPackageContext = packageContext(changedPaths);
  const wanted = [...head]
    .filter(
      ([path, { mode }]) =>
        !changed.has(path) &&
        (isTerraformContext(path, mode === "120000") ||
          isYamlContext(path) ||
          isPackageContext(path) ||
          (mode === "120000" && guardrailOf(path) !== null)),
    )
    .map(([path]) => path)
    .sort(byCodeUnits);
  return { paths: wanted.slice(0, fileLimit), gaps: wanted.length > fileLimit ? [tooMany(wanted.length)] : [] };
}

function terraformContext(head: Tree, changedPaths: readonly string[]): (path: string, isLink: boolean) => boolean {
  const files = [...head.keys(), ...changedPaths].filter((path) => isTerraform(path));
  const modules = new Set(files.map(directoryOf));
  const inModule = (path: string): boolean => around(path).some((folder) => modules.has(folder));
  // A link inside a module may bring in files from anywhere: without reading it nobody knows from where.
  const linked = [...head].some(([path, { mode }]) => mode === "120000" && (inModule(path) || leadsIn(path, modules)));
  if (!linked && !changedPaths.some((path) => inModule(path) || isVariables(path))) return () => false;
  return (path, isLink) => isLink || isTerraform(path) || isVariables(path);
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

function packageContext(changedPaths: readonly string[]): (path: string) => boolean {
  const folders = new Set(changedPaths.flatMap(around));
  return (path) => isPackageRoot(path) && folders.has(directoryOf(path));
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
