import type { ChangeSet, Gap } from "../change/change-set.ts";
import type { Tools } from "../syntax.ts";
import type { ResourcesView } from "../terraform/model.ts";
import { resources } from "../terraform/resources.ts";
import type { TerraformPlansView } from "../terraform-plan/judged.ts";
import { type CommandLinesView, commandLines } from "./command-lines.ts";
import { type ConnectionsView, connections } from "./connections.ts";
import { type DependenciesView, dependencies } from "./dependencies.ts";
import { type IamView, iam } from "./iam.ts";
import { type KubernetesView, kubernetes } from "./kubernetes.ts";
import { type MigrationHistoryView, migrationHistory } from "./migration-history.ts";
import { type MigrationsView, migrations } from "./migrations.ts";
import { type PathsView, paths } from "./paths.ts";
import { type PipelinesView, pipelines } from "./pipelines.ts";
import { type TerraformView, terraform } from "./terraform.ts";
import { type SecretsView, secrets } from "./secrets.ts";
import { type ValuesView, values } from "./values.ts";
import { type WorkflowsView, workflows } from "./workflows.ts";

/** What a rule may ask for with `needs`. A new kind of evidence is one file here and one line in each list below. */
export interface Views {
  readonly paths: PathsView;
  readonly kubernetes: KubernetesView;
  readonly terraform: TerraformView;
  readonly resources: ResourcesView;
  readonly iam: IamView;
  readonly values: ValuesView;
  readonly commandLines: CommandLinesView;
  readonly connections: ConnectionsView;
  readonly dependencies: DependenciesView;
  readonly migrationHistory: MigrationHistoryView;
  readonly migrations: MigrationsView;
  readonly pipelines: PipelinesView;
  readonly workflows: WorkflowsView;
  /** Of the two sides alone as it is built: commits are no files of the change, the evaluation adds them. */
  readonly secrets: SecretsView;
  /** Empty as it is built: plans are no files of the change, the evaluation adds those that were brought for it. */
  readonly terraformPlans: TerraformPlansView;
}
export type Need = keyof Views;

/**
 * A view claims the files it can read, pairs before with after by identity (so that moving an object is no deletion), and turns
 * what it claims and cannot read into Gaps. A file that no view claims is no Gap.
 */
export type Build<V> = (change: ChangeSet, tools: Tools) => { readonly view: V; readonly gaps: readonly Gap[] };

export const builders: { readonly [N in Need]: Build<Views[N]> } = {
  paths,
  kubernetes,
  terraform,
  resources,
  iam: (change, tools) => {
    const terraform = resources(change, tools);
    const { view, gaps } = iam(change, tools, terraform.view);
    return { view, gaps: [...terraform.gaps, ...gaps] };
  },
  values,
  commandLines,
  connections,
  dependencies,
  migrationHistory,
  migrations,
  pipelines,
  workflows,
  secrets,
  terraformPlans: () => ({ view: { plans: [] }, gaps: [] }),
};

/** Builds every view once; the gaps of all of them, in the order in which they are built here. */
export function buildViews(change: ChangeSet, tools: Tools): { readonly views: Views; readonly gaps: readonly Gap[] } {
  const gaps: Gap[] = [];
  const built = <N extends Need>(need: N): Views[N] => {
    const { view, gaps: own } = builders[need](change, tools);
    gaps.push(...own);
    return view;
  };
  const terraformed = built("resources");
  const permissions = iam(change, tools, terraformed);
  gaps.push(...permissions.gaps);
  const views = {
    paths: built("paths"),
    kubernetes: built("kubernetes"),
    terraform: built("terraform"),
    resources: terraformed,
    iam: permissions.view,
    values: built("values"),
    commandLines: built("commandLines"),
    connections: built("connections"),
    dependencies: built("dependencies"),
    migrationHistory: built("migrationHistory"),
    migrations: built("migrations"),
    pipelines: built("pipelines"),
    workflows: built("workflows"),
    secrets: built("secrets"),
    terraformPlans: built("terraformPlans"),
  };
  return { views, gaps };
}
