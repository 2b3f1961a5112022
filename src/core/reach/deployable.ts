import type { ChangedFile, ChangeSet, FileVersion } from "../change/change-set.ts";
import { isDocument } from "../change/documents.ts";
import { within } from "../change/symlinks.ts";
import type { KubernetesObject, KubernetesView } from "../views/kubernetes.ts";
import { directoryOf } from "../views/terraform.ts";
import { settingsOfTests } from "./values-files.ts";

const chartFile = /(?:^|\/)chart\.yaml$/iu;
const kustomizationFile = /(?:^|\/)kustomization(?:\.ya?ml)?$/iu;
/** By convention the settings of a chart that may lie elsewhere, and the list of charts to install. */
const settingsOfCharts = /(?:^|[/.-])values(?:[._-][^/]*)?\.ya?ml$|(?:^|\/)helmfile(?:\.[^/]*)?\.ya?ml$/iu;

/**
 * Groups of objects that a tool reads on a developer's machine or in a test, and no cluster ever gets; subgroups included. What tells a
 * controller what to deploy (an Argo CD Application, a Flux Kustomization) is not among them: the cluster changes with it.
 */
const tooling = [
  "skaffold", // builds and runs a working copy
  "tilt.dev", // the same
  "kind.x-k8s.io", // a cluster in containers of the machine at hand
  "k3d.io", // the same
  "ctlptl.dev", // the same
  "kustomize.config.k8s.io", // a way to put manifests together: its folder tells
  "backstage.io", // an entry in a catalogue for readers
  "krew.googlecontainertools.github.com", // a plugin of a command line
  "cli.kyverno.io", // a test of policies
  "chainsaw.kyverno.io", // the same
  "test.gatekeeper.sh", // the same
  "kuttl.dev", // a test of an operator
];

/** Where a Helm chart or a Kustomize folder begins: files around a changed path that tell what it is part of. */
export function isPackageRoot(path: string): boolean {
  return chartFile.test(path) || kustomizationFile.test(path);
}

/** The folders of the charts and Kustomize folders that a path is part of. */
export function packagesAround(change: ChangeSet): (path: string) => readonly string[] {
  const charts = change.files.filter(({ path }) => chartFile.test(path)).map(({ path }) => directoryOf(path));
  const kustomizations = change.files.filter(({ path }) => kustomizationFile.test(path));
  return (path) => [
    ...charts.filter((folder) => isOfChart(path, folder)),
    ...kustomizations.filter((root) => isOfKustomization(path, root)).map((root) => directoryOf(root.path)),
  ];
}

/** Tells the changed files that something is deployed from: manifests, and what Helm and Kustomize make manifests of. */
export function deployables(change: ChangeSet, view: KubernetesView): (path: string) => boolean {
  const manifests = new Set([...view.unreadChanged, ...view.objects.flatMap(pathsOfDeployed)]);
  const packages = packagesAround(change);
  return (path) => {
    if (manifests.has(path)) return true;
    if (isDocument(path) || settingsOfTests.test(path)) return false;
    return settingsOfCharts.test(path) || packages(path).length > 0;
  };
}

function pathsOfDeployed({ before, after, files }: KubernetesView["objects"][number]): readonly string[] {
  return [before, after].some((object) => object !== undefined && !isTooling(object)) ? files : [];
}

function isTooling({ apiVersion }: KubernetesObject): boolean {
  const group = apiVersion.slice(0, Math.max(0, apiVersion.indexOf("/")));
  return tooling.some((known) => group === known || group.endsWith(`.${known}`));
}

/** Templates may read any file of the chart. Where the repository is the chart, only what Helm reads by itself. */
export function isOfChart(path: string, folder: string): boolean {
  if (folder !== "") return within(path, folder);
  return /^(?:templates|crds|charts|files)\/|^(?:chart|requirements|values)[^/]*\.(?:ya?ml|json|lock)$/iu.test(path);
}

/** Kustomize reads what it is told to by name, and nothing outside the folder. */
function isOfKustomization(path: string, root: ChangedFile): boolean {
  if (path === root.path) return true;
  const name = path.slice(path.lastIndexOf("/") + 1);
  return within(path, directoryOf(root.path)) && [root.before, root.after].some((version) => mayName(version, name));
}

function mayName(version: FileVersion | null, name: string): boolean {
  if (version === null) return false;
  // What is not read may name anything, and so may a text that writes letters as escapes.
  return version.content.kind !== "text" || version.content.text.includes(name) || version.content.text.includes("\\");
}
