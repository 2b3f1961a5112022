import type { Value } from "../views/value.ts";
import type { Gate } from "../workflows/gates.ts";
import type { ScriptLine } from "../workflows/model.ts";
import { scriptOf } from "../workflows/script.ts";
import { refPin } from "../workflows/uses.ts";
import type { Named, Part, PipelineJob } from "./model.ts";
import { exposuresIn, isExpression, namesIn, switched, textOf } from "./values.ts";

/** Lists of steps, jobs and stages may stand below `${{ if }}` and `${{ each }}`. */
function spread(value: Value | undefined): readonly Value[] {
  return (value?.items() ?? []).flatMap((item) => {
    const inserted = item.entries().filter(({ key }) => key.startsWith("${{"));
    return inserted.length > 0 ? inserted.flatMap((entry) => spread(entry.value)) : [item];
  });
}

interface Stage {
  readonly jobs: readonly Value[];
  readonly at: Value | undefined;
}

/** Source: learn.microsoft.com "YAML schema reference for Azure Pipelines". */
export function azureJobs(root: Value): readonly PipelineJob[] {
  const stages: readonly Stage[] = [
    ...spread(root.at("stages")).map((stage) => ({ jobs: spread(stage.at("jobs")), at: stage })),
    ...(root.at("jobs") === undefined ? [] : [{ jobs: spread(root.at("jobs")), at: undefined }]),
    ...(root.at("steps") === undefined ? [] : [{ jobs: [root], at: undefined }]),
  ];
  const earlier: Named[] = [];
  const shared = groupsIn(root);
  return stages.flatMap(({ jobs, at: stage }) => {
    const stops = jobs.flatMap(validationsIn);
    const found = jobs.map((job) => {
      const own = jobOf(job, stage);
      // Whoever validates in a stage is waited for by the jobs after it.
      const waits = namesIn(job.at("dependsOn")).length > 0 ? [...earlier, ...stops] : earlier;
      return {
        ...own,
        stops: [...own.stops, ...waits],
        secrets: [...shared, ...(stage === undefined ? [] : groupsIn(stage)), ...own.secrets],
      };
    });
    earlier.push(...stops);
    return found;
  });
}

function groupsIn(value: Value): readonly Named[] {
  return (value.at("variables")?.items() ?? []).flatMap((one) => {
    const group = one.at("group");
    const name = textOf(group);
    return name === null || group === undefined ? [] : [{ name: `variable group ${name}`, at: group.place }];
  });
}

function stepsOf(job: Value): readonly Value[] {
  const strategies = ["runOnce", "rolling", "canary"].map((key) => job.at("strategy", key));
  const phases = strategies.flatMap((strategy) =>
    ["preDeploy", "deploy", "routeTraffic", "postRouteTraffic"].map((phase) => strategy?.at(phase, "steps")),
  );
  return [job.at("steps"), ...phases].flatMap(spread);
}

function validationsIn(job: Value): readonly Named[] {
  return stepsOf(job).flatMap((step) =>
    /^Manual(?:Validation|Intervention)@/iu.test(textOf(step.at("task")) ?? "")
      ? [{ name: "an approval", at: step.place }]
      : [],
  );
}

function jobOf(job: Value, stage: Value | undefined): PipelineJob {
  const steps = stepsOf(job);
  const script = steps.flatMap(scriptIn);
  const around = softenedIn(job) ?? (stage === undefined ? null : softenedIn(stage));
  const environment = job.at("environment");
  const named = environment?.scalar === undefined ? environment?.at("name") : environment;
  const name = textOf(named);
  const id = ["deployment", "job", "displayName"].map((key) => textOf(job.at(key))).find((one) => one !== null);
  return {
    id: id ?? "job",
    at: job.place,
    steps: steps.map((step) => ({ script: scriptIn(step), softened: around ?? softenedIn(step) })),
    stops: name === null || named === undefined ? [] : [{ name: `the environment \`${name}\``, at: named.place }],
    secrets: [...groupsIn(job), ...steps.flatMap(connectionsIn)],
    exposures: [...exposuresIn(script), ...containerIn(job)],
  };
}

function scriptIn(step: Value): readonly ScriptLine[] {
  const inline = ["script", "bash", "pwsh", "powershell"].map((key) => step.at(key));
  const inputs = ["script", "inlineScript", "Inline"].map((key) => step.at("inputs", key));
  return [...inline, ...inputs].flatMap(scriptOf);
}

function softenedIn(value: Value): Gate["softened"] {
  const goesOn = value.at("continueOnError");
  const goes = switched(goesOn);
  if (goesOn !== undefined && goes !== "off") {
    return { by: "continueOnError", at: goesOn.place, isCertain: goes === "on" };
  }
  const enabled = value.at("enabled");
  if (enabled !== undefined && (enabled.scalar === false || isExpression(textOf(enabled) ?? "$"))) {
    return {
      by: `enabled: ${textOf(enabled) ?? "an expression"}`,
      at: enabled.place,
      isCertain: enabled.scalar === false,
    };
  }
  const condition = value.at("condition");
  if (condition !== undefined && /^(?:false|eq\(1, ?[02]\)|never\(\))$/iu.test(textOf(condition) ?? "")) {
    return { by: `condition: ${textOf(condition)}`, at: condition.place, isCertain: true };
  }
  return null;
}

const connections =
  "azureSubscription ConnectedServiceName connectedServiceNameARM kubernetesServiceConnection dockerRegistryServiceConnection containerRegistry awsCredentials externalEndpoint";

/** Connections to what is outside, which hold its credentials. */
function connectionsIn(step: Value): readonly Named[] {
  return connections.split(" ").flatMap((key) => {
    const input = step.at("inputs", key);
    const name = textOf(input);
    return name === null || input === undefined ? [] : [{ name: `service connection ${name}`, at: input.place }];
  });
}

function containerIn(job: Value): readonly Named[] {
  const options = job.at("container", "options");
  return options === undefined ? [] : exposuresIn([{ text: ` ${textOf(options) ?? ""}`, at: options.place }]);
}

/** Repositories whose templates are used. */
export function azureParts(root: Value): readonly Part[] {
  return (root.at("resources", "repositories")?.items() ?? []).flatMap((one): readonly Part[] => {
    const name = textOf(one.at("name"));
    if (name === null) return [];
    const ref = (textOf(one.at("ref")) ?? "").replace(/^refs\/(?:heads\/)?(?!tags\/)/u, "");
    return [{ name, ref, pin: refPin(ref), isPlatform: false, at: one.place }];
  });
}
