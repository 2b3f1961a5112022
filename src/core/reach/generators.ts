import type { ChangedFile, ChangeSet } from "../change/change-set.ts";
import { within } from "../change/symlinks.ts";
import { isDocument } from "../change/documents.ts";
import { directoryOf } from "../views/terraform.ts";

/** A tool that deploys from a file and whose configuration is not read here. */
export interface Generator {
  readonly tool: string;
  /** Where it is configured. */
  readonly path: string;
}

/** Tools whose project is the folder of a file with this name. */
const projects: readonly { readonly tool: string; readonly file: RegExp; readonly holds: RegExp }[] = [
  { tool: "Pulumi", file: /(?:^|\/)pulumi\.ya?ml$/iu, holds: /./u },
  { tool: "the AWS CDK", file: /(?:^|\/)cdk\.json$/iu, holds: /\.(?:[cm]?[jt]s|py|java|cs|go|json)$/iu },
  {
    tool: "Tanka",
    file: /(?:^|\/)(?:jsonnetfile|spec)\.json$/iu,
    holds: /\.(?:jsonnet|libsonnet)$|\/(?:jsonnetfile|spec)\.json$/iu,
  },
];

const helmfile =
  /(?:^|\/)helmfile(?:\.[^/]*)?\.ya?ml(?:\.gotmpl)?$|(?:^|\/)helmfile(?:\.d)?\/[^/]+\.ya?ml(?:\.gotmpl)?$/iu;
const compose = /(?:^|\/)(?:docker-)?compose(?:[._-][^/]*)?\.ya?ml$/iu;
/** https://docs.ansible.com/ansible/latest/tips_tricks/sample_setup.html */
const ansible =
  /(?:^|\/)ansible\/|(?:^|\/)ansible\.cfg$|(?:^|\/)(?:group|host)_vars\/|(?:^|\/)roles\/[^/]+\/(?:tasks|handlers|templates|files|vars|defaults|meta|library|\w+_plugins)\//iu;
const flux = /\bapiVersion["']?\s*:\s*["']?[\w-]+\.toolkit\.fluxcd\.io\//u;

/** Files of the repository that tell which of these tools there is. */
export function configuresGenerator(path: string): boolean {
  return helmfile.test(path) || projects.some(({ file }) => file.test(path));
}

/** Whether a text is of Flux: what it deploys from lies elsewhere. */
export function isOfFlux(text: string): boolean {
  return text.includes("toolkit.fluxcd.io") && flux.test(text);
}

/** Finds the tool that a changed file is deployed by, of those whose configuration is not read. */
export function generatorOf(change: ChangeSet): (file: ChangedFile) => Generator | null {
  const roots = projects.map((project) => ({
    ...project,
    roots: change.files.filter(({ path }) => project.file.test(path)).map(({ path }) => path),
  }));
  const fluxed = change.files.flatMap(fluxRoots);
  const helmfiles = change.files.filter(({ path }) => helmfile.test(path));
  return (file) => {
    const { path } = file;
    if (isDocument(path)) return null;
    if (path.endsWith(".cue")) return { tool: "CUE", path };
    if (helmfile.test(path)) return { tool: "Helmfile", path };
    if (compose.test(path) && textsOf(file).some((text) => /^[ \t]+deploy[ \t]*:/mu.test(text)))
      return { tool: "Docker Compose", path };
    if (ansible.test(path) || (/\.ya?ml$/iu.test(path) && textsOf(file).some(isPlaybook)))
      return { tool: "Ansible", path };
    const root = fluxed.find(({ folder }) => within(path, folder));
    if (root !== undefined) return { tool: "Flux", path: root.path };
    if (textsOf(file).some(isOfFlux)) return { tool: "Flux", path };
    for (const { tool, roots: own, holds } of roots) {
      const at = own.find((one) => within(path, directoryOf(one)));
      if (at !== undefined && holds.test(path)) return { tool, path: at };
    }
    if (/\.(?:jsonnet|libsonnet)$/u.test(path)) return { tool: "Jsonnet", path };
    const name = path.slice(path.lastIndexOf("/") + 1);
    const naming = helmfiles.find((one) => textsOf(one).some((text) => text.includes(name)));
    return naming === undefined ? null : { tool: "Helmfile", path: naming.path };
  };
}

/** A list of plays of Ansible, which name their hosts and what is done there. */
function isPlaybook(text: string): boolean {
  return (
    /^-[ \t]/mu.test(text) &&
    /^(?:-[ \t]|[ \t]+)hosts[ \t]*:/mu.test(text) &&
    /^[ \t]+(?:tasks|roles)[ \t]*:/mu.test(text)
  );
}

/** Folders that a Kustomization of Flux deploys. https://fluxcd.io/flux/components/kustomize/kustomizations/#path */
function fluxRoots(file: ChangedFile): readonly { readonly folder: string; readonly path: string }[] {
  return textsOf(file).flatMap((text) =>
    isOfFlux(text)
      ? [...text.matchAll(/^[ \t]+path:[ \t]*["']?\.?\/?([\w./-]+?)\/?["']?[ \t]*$/gmu)].flatMap(([, folder = ""]) =>
          folder === "" || folder === "." ? [] : [{ folder, path: file.path }],
        )
      : [],
  );
}

function textsOf({ before, after }: ChangedFile): readonly string[] {
  return [after, before].flatMap((version) => (version?.content.kind === "text" ? [version.content.text] : []));
}
