import { joined } from "../../change/symlinks.ts";
import { directoryOf } from "../../views/terraform.ts";
import { type Edge, plainEdge, unitAt } from "./edge.ts";
import { isOpen, patternOf } from "./expressions.ts";

/** What Terragrunt runs in a folder. https://terragrunt.gruntwork.io/docs/reference/config-blocks-and-attributes/ */
export function isTerragrunt(path: string): boolean {
  return /(?:^|\/)terragrunt\.hcl$/u.test(path);
}

/** Configuration that a `terragrunt.hcl` further down may include. */
export function isSharedHcl(path: string): boolean {
  return path.endsWith(".hcl") && !path.endsWith(".terraform.lock.hcl");
}

/** The module that a folder of Terragrunt runs, and the files of the folders around it that it may include. */
export function terragruntEdges(
  path: string,
  text: string,
  shared: ReadonlyMap<string, readonly string[]>,
): readonly Edge[] {
  const folder = directoryOf(path);
  const unit = unitAt("module", folder);
  const sources = text.split("\n").flatMap((one, index): readonly Edge[] => {
    const source = /(?:^|[\s{])source\s*=\s*"(.*)"[^"]*$/u.exec(one)?.[1];
    return source === undefined ? [] : edgesTo(source, index + 1);
  });
  const around: Edge[] = [];
  for (let at = folder; at !== ""; ) {
    at = directoryOf(at);
    for (const one of shared.get(at) ?? [])
      around.push(plainEdge(one, unit, { path, line: null, note: `may include ${one}` }));
  }
  return [...sources, ...text.split("\n").flatMap(filesRead), ...around];

  /** A file may hold the version that runs here: whoever changes it promotes. */
  function filesRead(one: string, index: number): readonly Edge[] {
    return [...one.matchAll(/\b(?:file|templatefile|read_terragrunt_config)\(\s*"([^"$]+)"/gu)].flatMap(
      ([, read = ""]) => {
        const target = joined(folder === "" ? [] : folder.split("/"), read);
        return target === null ? [] : [plainEdge(target, unit, { path, line: index + 1, note: `reads ${read}` })];
      },
    );
  }

  function edgesTo(source: string, line: number): readonly Edge[] {
    const step = { path, line, note: `source = "${source}"` };
    // A checkout at a version stays what it is when this is merged.
    if (/[?&]ref=/u.test(source)) return [];
    const written = source
      .replace(/^git::(?=\.)/u, "")
      .replace(/^\$\{get_terragrunt_dir\(\)\}\/?/u, "./")
      .replace("//", "/");
    const rooted = /^\$\{get_repo_root\(\)\}\/*(.*)$/u.exec(written)?.[1];
    const from = rooted === undefined ? folder : "";
    const rest = rooted ?? written;
    if (isOpen(rest)) {
      const pattern = patternOf(rest.startsWith(".") ? from : "", rest);
      const reads = { kind: "pattern", pattern: pattern ?? "**", except: [], deep: false } as const;
      return [{ reads, by: unit, step, words: () => [], undecided: source }];
    }
    const target =
      rooted === undefined && !/^\.\.?(?:\/|$)/u.test(rest) ? null : joined(from === "" ? [] : from.split("/"), rest);
    return target === null ? [] : [plainEdge(target, unit, step)];
  }
}
