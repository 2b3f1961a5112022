import type { Place } from "../change/change-set.ts";
import type { Value } from "../views/value.ts";
import { bare, expressionsIn } from "./expressions.ts";
import type { Container, Job, Workflow } from "./model.ts";

/** What lets a job out of a machine that is thrown away. `unknown`: nobody here can say what machine it is. */
export interface Exposure {
  readonly kind: "runner" | "unknown" | "container";
  readonly text: string;
  readonly job: string;
  readonly at: Place;
}

/** Labels of the machines that GitHub keeps. Source: docs.github.com "GitHub-hosted runners reference". */
const ofGitHub =
  /^(?:ubuntu|windows|macos)-(?:latest|slim|\d+(?:\.\d+)?)(?:-(?:arm|arm64|intel|large|xlarge|xl|vs\d+(?:-arm)?))*$/iu;

const privileged =
  /--privileged\b|--cap-add[= ](?:ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE|NET_ADMIN)\b|--(?:pid|network|net|ipc|userns|uts|cgroupns)[= ]host\b|--device\b|--security-opt[= ]\S*(?:unconfined|disable)|docker\.sock|containerd\.sock/u;
const ofMachine = /docker\.sock|containerd\.sock|^\/(?:etc|root|proc|sys|var\/lib|var\/run|home)?(?:\/[^:]*)?:/u;

export function exposuresIn({ jobs }: Workflow, hosted: ReadonlySet<string>): readonly Exposure[] {
  return jobs.flatMap((job) => [...machinesOf(job, hosted), ...job.containers.flatMap((one) => ofContainer(one, job))]);
}

function machinesOf(job: Job, hosted: ReadonlySet<string>): readonly Exposure[] {
  const labels = job.runsOn.flatMap(({ label, at }) => choicesOf(label, at, job.strategy));
  const group = job.root.at("runs-on", "group");
  const isFine = ({ label }: { readonly label: string | null }) =>
    label !== null && (ofGitHub.test(label) || hosted.has(label));
  if (group === undefined && labels.every(isFine)) return [];
  const unknown = labels.find(({ label }) => label === null);
  const own = labels.find((one) => one.label !== null && !isFine(one));
  const found = own ?? unknown;
  if (found === undefined) return [];
  return [{ kind: own === undefined ? "unknown" : "runner", text: labelsText(job), job: job.id, at: found.at }];
}

function labelsText({ runsOn }: Job): string {
  return runsOn.map(({ label }) => label).join(", ");
}

/** What a label comes to: values of the matrix where it names one, texts of a choice, null where it cannot be told. */
function choicesOf(
  label: string,
  at: Place,
  strategy: Value | undefined,
): readonly { readonly label: string | null; readonly at: Place }[] {
  if (!label.includes("${{")) return [{ label, at }];
  const inner = expressionsIn(label).length === 1 ? bare(label) : label;
  const axis = /^matrix\.(?<key>[\w-]+)$/u.exec(inner)?.groups?.["key"];
  if (axis !== undefined) return valuesOf(strategy?.at("matrix"), axis) ?? [{ label: null, at }];
  const texts = [...inner.matchAll(/(?:&&|\|\|)\s*'(?<text>[^']+)'/gu)].map((match) => match.groups?.["text"] ?? "");
  const isChoice = texts.length >= 2 && /\|\|\s*'[^']+'$/u.test(inner) && !inner.includes("fromJSON");
  return isChoice ? texts.map((text) => ({ label: text, at })) : [{ label: null, at }];
}

function valuesOf(matrix: Value | undefined, axis: string): ReturnType<typeof choicesOf> | null {
  const included = (matrix?.at("include")?.items() ?? []).flatMap((item) => item.at(axis) ?? []);
  const excluded = (matrix?.at("exclude")?.items() ?? []).flatMap((item) =>
    item.entries().length === 1 ? (item.at(axis)?.scalar ?? []) : [],
  );
  const named = (matrix?.at(axis)?.items() ?? []).filter(
    ({ scalar }) => typeof scalar !== "string" || !excluded.includes(scalar),
  );
  const values = [...named, ...included];
  if (values.length === 0) return null;
  return values.map(({ scalar, place }) => ({
    label: typeof scalar === "string" && !scalar.includes("${{") ? scalar : null,
    at: place,
  }));
}

function ofContainer({ image, options, volumes }: Container, { id }: Job): readonly Exposure[] {
  const lines = options === null ? [] : privileged.test(options.text) ? [options] : [];
  const shown = [...lines, ...volumes.filter(({ text }) => ofMachine.test(text))];
  // An expression may bring options along; one that names the image alone is usual, and harmless here.
  const hidden = [...(options === null ? [] : [options]), ...(image === null ? [] : [image])].filter(
    (one) => !shown.includes(one) && (one === options ? one.text.includes("${{") : /\bfromjson\b/iu.test(one.text)),
  );
  return [
    ...shown.map(({ text, at }) => ({ kind: "container" as const, text, job: id, at })),
    ...hidden.map(({ text, at }) => ({ kind: "unknown" as const, text, job: id, at })),
  ];
}
