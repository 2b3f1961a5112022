import type { Link } from "../change/symlinks.ts";
import type { TerraformView } from "../views/terraform.ts";
import type { Graph } from "./graph/graph.ts";
import type { Names } from "./names.ts";
import type { TerraformGraph } from "./terraform-graph.ts";

/** What is looked up again and again while the files of one change are walked. */
export interface World {
  readonly names: Names;
  readonly terraform: TerraformGraph;
  readonly view: TerraformView;
  readonly graph: Graph;
  /** Root configurations that call changed modules and make the same as before. */
  readonly unchanged: ReadonlySet<string>;
  readonly links: readonly Link[];
  /** Paths of variable files by the module, and of values files by the chart, that they lie in or below. */
  readonly variableFiles: ReadonlyMap<string, readonly string[]>;
  readonly valuesFiles: ReadonlyMap<string, readonly string[]>;
  /** A manifest, or a file that Helm or Kustomize makes manifests of. */
  readonly isDeployable: (path: string) => boolean;
  readonly ofBranch: readonly string[];
  readonly baseRef: string;
}
