import { byCodeUnits } from "../../lib/order.ts";
import type { ChangedFile, ChangeSet, FileVersion, Side } from "../change/change-set.ts";
import { joined } from "../change/symlinks.ts";
import { foldersAround } from "../reach/graph/graph.ts";
import { isChartFile } from "../reach/graph/helm.ts";
import type { Memo } from "../syntax.ts";
import { child, documentsOf, type Tree } from "../views/documents.ts";
import { laidOver, placedIn } from "./coalesce.ts";
import { mapOf, textOf } from "./parts.ts";

/** A chart of a chart of a chart: nobody nests them deeper. */
const depthLimit = 6;
const partsLimit = 100;

export function versionOn(side: Side, file: ChangedFile | undefined): FileVersion | null {
  return (side === "base" ? file?.before : file?.after) ?? null;
}

export function folderName(folder: string): string {
  return folder.slice(folder.lastIndexOf("/") + 1);
}

/** The charts of the repository, as far as they were read with the change, and the values that they come with. */
export class Charts {
  readonly #files: ReadonlyMap<string, ChangedFile>;
  readonly #folders: ReadonlySet<string>;
  readonly #memo: Memo;

  constructor({ files }: ChangeSet, memo: Memo) {
    this.#files = new Map(files.map((file) => [file.path, file]));
    this.#folders = new Set(files.flatMap(({ path }) => (isChartFile(path) ? (foldersAround(path)[0] ?? "") : [])));
    this.#memo = memo;
  }

  has(folder: string): boolean {
    return this.#folders.has(folder);
  }

  /** The chart that a file lies in. */
  around(path: string): string | null {
    return foldersAround(path).find((folder) => this.#folders.has(folder)) ?? null;
  }

  /** The chart that is deployed where a path changes: the outermost of those in each other's `charts`. */
  root(path: string): string | null {
    for (let chart = this.around(path); chart !== null; ) {
      const outer = /^(?:(.*)\/)?charts\/[^/]+$/u.exec(chart);
      if (outer === null || !this.#folders.has(outer[1] ?? "")) return chart;
      chart = outer[1] ?? "";
    }
    return null;
  }

  /** Every chart that lies in no other's `charts`. */
  roots(): readonly string[] {
    return [...this.#folders].filter((folder) => this.root(below(folder, "Chart.yaml")) === folder).sort(byCodeUnits);
  }

  /** The folders that a chart is made of: its own, and those that it depends on by `file://`, on either side. */
  parts(chart: string): readonly string[] {
    const found = new Set<string>([chart]);
    for (const folder of found)
      for (const side of ["base", "head"] as const)
        for (const { at } of this.within(folder, side)) if (found.size < partsLimit) found.add(at);
    return [...found];
  }

  /** The one document of a file, its nodes placed in it; undefined where there is none that can be read. */
  document(path: string, side: Side): Tree | undefined {
    const version = versionOn(side, this.#files.get(path));
    if (version?.content.kind !== "text") return undefined;
    const read = documentsOf(version.sha, version.content.text, this.#memo);
    const [only, ...more] = read.ok ? read.documents : [];
    return only?.kind !== "map" || more.length > 0 ? undefined : placedIn(only, path);
  }

  /** What a chart sets where nobody says otherwise: its own values over those of the charts within it. */
  defaults(folder: string, side: Side, depth = 0): Tree | undefined {
    if (depth > depthLimit) return undefined;
    const own = this.document(below(folder, "values.yaml"), side);
    const within = this.within(folder, side).flatMap(({ key, at }) => {
      const values = this.defaults(at, side, depth + 1);
      return values === undefined ? [] : [{ key, value: values }];
    });
    const [first] = within;
    return first === undefined ? own : laidOver(mapOf(within, first.value.span), own);
  }

  /** The charts in the `charts` folder, and those that it depends on by `file://`, by the key that their values stand under. */
  within(folder: string, side: Side): readonly { readonly key: string; readonly at: string }[] {
    const dependencies = child(this.document(below(folder, "Chart.yaml"), side), "dependencies");
    const listed = (dependencies?.kind === "list" ? dependencies.items : []).flatMap((one) => {
      const key = textOf(child(one, "alias")) ?? textOf(child(one, "name"));
      const local = /^file:\/\/(.*)$/u.exec(textOf(child(one, "repository")) ?? "")?.[1];
      const beside = below(folder, `charts/${textOf(child(one, "name")) ?? ""}`);
      const at = local === undefined ? beside : joined(folder === "" ? [] : folder.split("/"), local);
      return key === null || at === null || !this.#folders.has(at) ? [] : [{ key, at }];
    });
    const prefix = below(folder, "charts/");
    const unlisted = [...this.#folders].filter(
      (at) => at.startsWith(prefix) && !at.slice(prefix.length).includes("/") && listed.every((one) => one.at !== at),
    );
    return [...unlisted.map((at) => ({ key: folderName(at), at })), ...listed];
  }
}

export function below(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
