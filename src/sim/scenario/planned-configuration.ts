import { posix } from "node:path";
import { treeOf } from "../state/repositories.ts";
import type { Repository } from "../state/model.ts";

interface ModuleJson {
  readonly resources: readonly object[];
  readonly module_calls: Readonly<Record<string, object>>;
}

/**
 * What Terraform writes down of the configuration in one folder: resources, and what the modules make that it calls. For files as the
 * scenarios write them, with a block's labels in its first line and a module's source in the second.
 */
export function plannedConfiguration(repository: Repository, commit: string, root: string): object {
  const { objects } = repository;
  const files = [...objects.files(treeOf(repository, commit))].filter(({ path }) => path.endsWith(".tf"));
  const moduleIn = (folder: string): ModuleJson => {
    const texts = files
      .filter(({ path }) => posix.dirname(path) === folder)
      .map(({ sha }) => Buffer.from(objects.blob(sha) ?? []).toString("utf8"));
    const text = texts.join("\n");
    const resources = [...text.matchAll(/^resource "(?<type>[\w-]+)" "(?<name>[\w-]+)"/gmu)].map(({ groups = {} }) => {
      const { type = "", name = "" } = groups;
      return { address: `${type}.${name}`, mode: "managed", type, name, expressions: {} };
    });
    const calls = [...text.matchAll(/^module "(?<name>[\w-]+)" \{\n\s*source\s*=\s*"(?<source>[^"]+)"/gmu)].map(
      ({ groups = {} }) => {
        const { name = "", source = "" } = groups;
        return [name, { source, expressions: {}, module: moduleIn(posix.join(folder, source)) }] as const;
      },
    );
    return { resources, module_calls: Object.fromEntries(calls) };
  };
  return { root_module: moduleIn(posix.normalize(root).replace(/\/$/u, "")) };
}
