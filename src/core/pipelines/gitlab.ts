import type { Value } from "../views/value.ts";
import type { Gate } from "../workflows/gates.ts";
import type { ScriptLine } from "../workflows/model.ts";
import { refPin } from "../workflows/uses.ts";
import type { Named, Part, PipelineJob } from "./model.ts";
import { deploying, exposuresIn, isExpression, linesIn, namesIn, switched, textOf } from "./values.ts";

/** Keys at the top that are no jobs. Source: docs.gitlab.com "CI/CD YAML syntax reference". */
const reserved = new Set(
  "default include stages variables workflow image services cache before_script after_script spec types".split(" "),
);
const depthLimit = 10;

export function gitlabJobs(root: Value): readonly PipelineJob[] {
  return root
    .entries()
    .filter(({ key, value }) => !reserved.has(key) && !key.startsWith(".") && value.scalar === undefined)
    .map(({ key, value }) => jobOf(key, value, root));
}

function jobOf(id: string, job: Value, root: Value): PipelineJob {
  const layers = layersOf(job, root);
  const own = (key: string): Value | undefined => layers.map((layer) => layer.at(key)).find((one) => one !== undefined);
  const shared = (key: string): Value | undefined => own(key) ?? root.at("default", key) ?? root.at(key);
  const script = [...scriptIn(shared("before_script"), root), ...scriptIn(own("script"), root)];
  const environment = own("environment");
  const named = environment?.scalar === undefined ? environment?.at("name") : environment;
  const name = textOf(named);
  const deploys = name !== null || deploying.test(id) || script.some(({ text }) => deploying.test(text));
  const manual = manualIn(own);
  const protections: readonly Named[] = [
    ...(name === null || named === undefined ? [] : [{ name: `the environment \`${name}\``, at: named.place }]),
    ...(manual !== null && deploys ? [{ name: "somebody who starts it", at: manual }] : []),
  ];
  return {
    id,
    at: job.place,
    steps: [{ script, softened: softenedIn(own, deploys ? null : manual) }],
    stops: protections,
    secrets: ["secrets", "id_tokens"].flatMap((key) =>
      (own(key)?.entries() ?? []).map((entry) => ({ name: entry.key, at: entry.value.place })),
    ),
    exposures: [...exposuresIn(script), ...dindIn(shared("services"))],
  };
}

/** The job itself, then what it extends, nearest first: a key of the job stands for that of its templates. */
function layersOf(job: Value, root: Value, depth = 0): readonly Value[] {
  if (depth > depthLimit) return [job];
  const parents = namesIn(job.at("extends")).toReversed();
  return [
    job,
    ...parents.flatMap(({ name }) => {
      const parent = root.at(name);
      return parent === undefined ? [] : layersOf(parent, root, depth + 1);
    }),
  ];
}

/** Lists may hold lists, and `!reference [.job, script]` stands for what is there. */
function scriptIn(value: Value | undefined, root: Value, depth = 0): readonly ScriptLine[] {
  if (value === undefined || depth > depthLimit) return [];
  if (value.scalar !== undefined) return linesIn(value);
  const items = value.items();
  const path = items.map(textOf);
  const [first] = path;
  const target = path.length > 1 && first != null ? root.at(...path.map(String)) : undefined;
  if (target !== undefined) return scriptIn(target, root, depth + 1);
  return items.flatMap((item) => scriptIn(item, root, depth + 1));
}

type Own = (key: string) => Value | undefined;

/** Where it is said that a person starts the job, and nothing else does. */
function manualIn(own: Own): Value["place"] | null {
  const rules = own("rules")?.items() ?? [];
  if (rules.length === 0) {
    const when = own("when");
    return when !== undefined && textOf(when) === "manual" ? when.place : null;
  }
  const running = rules.filter((rule) => textOf(rule.at("when")) !== "never");
  const started = running.map((rule) => textOf(rule.at("when")) ?? textOf(own("when")));
  const [first] = running;
  return first !== undefined && started.every((when) => when === "manual") ? first.place : null;
}

function softenedIn(own: Own, manual: Value["place"] | null): Gate["softened"] {
  const allowed = own("allow_failure");
  const allows = switched(allowed);
  if (allowed !== undefined && allows !== "off") {
    const isCertain = allows === "on" || allowed.at("exit_codes") !== undefined;
    return { by: "allow_failure", at: allowed.place, isCertain };
  }
  const rules = own("rules")?.items() ?? [];
  const forgiven = rules.find((rule) => switched(rule.at("allow_failure")) !== "off");
  if (forgiven !== undefined) {
    const isCertain = switched(forgiven.at("allow_failure")) === "on";
    return { by: "rules: allow_failure", at: forgiven.place, isCertain };
  }
  const when = own("when");
  const text = textOf(when);
  if (rules.length === 0 && when !== undefined && (text === null || text === "never" || isExpression(text))) {
    return { by: `when: ${text ?? "an expression"}`, at: when.place, isCertain: text === "never" };
  }
  const [first] = rules;
  if (first !== undefined && textOf(first.at("when")) === "never" && first.entries().length === 1) {
    return { by: "rules: when: never", at: first.place, isCertain: true };
  }
  return manual === null ? null : { by: "when: manual", at: manual, isCertain: true };
}

function dindIn(services: Value | undefined): readonly Named[] {
  return (services?.items() ?? []).flatMap((service) => {
    const image = textOf(service) ?? textOf(service.at("name"));
    return image !== null && /(?:^|\/)docker:(?:[\w.-]*-)?dind\b/u.test(image)
      ? [{ name: "runs a container engine beside it, which needs a privileged runner", at: service.place }]
      : [];
  });
}

/** Files of other projects and of the network. Local files are files of the repository; templates come with GitLab. */
export function gitlabParts(root: Value): readonly Part[] {
  const include = root.at("include");
  const entries = include === undefined ? [] : include.items().length > 0 ? include.items() : [include];
  return entries.flatMap((entry): readonly Part[] => {
    const { place: at } = entry;
    const remote = textOf(entry.at("remote")) ?? (/^https?:/u.test(textOf(entry) ?? "") ? textOf(entry) : null);
    if (remote !== null) {
      const fixed = entry.at("integrity") !== undefined;
      return [{ name: remote, ref: "", pin: fixed ? "fixed" : "moving", isPlatform: false, at }];
    }
    const project = textOf(entry.at("project"));
    if (project !== null) {
      const ref = textOf(entry.at("ref")) ?? "";
      return [{ name: project, ref, pin: refPin(ref), isPlatform: false, at }];
    }
    const component = textOf(entry.at("component"));
    if (component === null) return [];
    const [name = component, ref = ""] = component.split("@");
    return [{ name, ref, pin: refPin(ref), isPlatform: name.startsWith("$CI_SERVER_FQDN/components/"), at }];
  });
}

/** Files of the repository that are pipelines because one includes them. */
export function gitlabLocals(root: Value): readonly string[] {
  const include = root.at("include");
  const entries = include === undefined ? [] : include.items().length > 0 ? include.items() : [include];
  return entries.flatMap((entry) => {
    const text = textOf(entry.at("local")) ?? textOf(entry);
    return text === null || /^https?:/u.test(text) ? [] : [text.replace(/^\//u, "")];
  });
}
