import { z } from "zod";
import {
  compare,
  divide,
  formatQuantity,
  multiply,
  parsePercentage,
  type Rational,
  rational,
  whole,
} from "../../../lib/quantity.ts";
import { defineRule } from "../../rule.ts";
import { exact } from "../../settings/shift.ts";
import { sizeOf } from "../../settings/amounts.ts";
import { describeObject } from "../../views/kubernetes.ts";
import { replaced, type Value } from "../../views/value.ts";
import { type Container, predecessor, type Workload, workloads } from "../../views/workloads.ts";

/** What a flag gives the heap, of the container's limit. */
interface Heap {
  readonly flag: string;
  readonly text: string;
  readonly share: Rational;
  readonly at: Value;
}

const flags =
  /-Xmx(?<java>\d+[kmgt]?)\b|--max[-_]old[-_]space[-_]size=(?<node>\d+)|-XX:MaxRAMPercentage=(?<percentage>\d+(?:\.\d+)?)/giu;

/** The last flag wins, in arguments over the environment as programs read them. */
function heapOf(container: Container): Heap | null {
  const limit = container.memoryLimit;
  if (limit.kind !== "exact" || compare(limit.value, whole(0)) <= 0) return null;
  const texts = ["env", "command", "args"].flatMap((part) =>
    (container.root.at(part)?.items() ?? []).map((item) => (part === "env" ? item.at("value") : item)),
  );
  const found = texts.flatMap((at): readonly Heap[] => {
    if (typeof at?.scalar !== "string") return [];
    return [...at.scalar.matchAll(flags)].flatMap(({ 0: flag, groups }) => {
      const { java, node, percentage } = groups ?? {};
      const size = java === undefined ? sizeOf(`${node ?? ""}m`)?.value : sizeOf(java)?.value;
      const share = percentage === undefined ? null : parsePercentage(`${percentage}%`);
      const of = share ?? (size === undefined ? null : divide(size, limit.value));
      return of === null ? [] : [{ flag, text: java ?? node ?? percentage ?? "", share: of, at }];
    });
  });
  return found.at(-1) ?? null;
}

/** An expression in the place of what held a flag, or of the limit. */
function isHidden(container: Container): Value | undefined {
  if (container.memoryLimit.kind === "undecided") return container.memoryLimit.at;
  const items = ["env", "args", "command"].flatMap((part) => container.root.at(part)?.items() ?? []);
  return items
    .map((item) => item.at("value") ?? item)
    .find(({ scalar }) => typeof scalar === "string" && /\$\{|\{\{|\$\(/u.test(scalar));
}

function percent(share: Rational): string {
  const hundred = multiply(share, whole(100));
  return `${hundred.numerator / hundred.denominator} %`;
}

export default defineRule({
  id: "config-heap-over-limit",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary:
    "The heap of a program gets as much memory as its container may take, or more, or leaves next to nothing for the rest.",
  why: "Threads, buffers and code live beside the heap; the kernel kills the container before the program ever sees that memory is short.",
  remedy: "Leave a quarter of the container's memory beside the heap, or raise the limit of the container with it.",
  needs: "kubernetes",
  options: z.strictObject({
    asks_above_percent: z
      .number()
      .min(1)
      .max(100)
      .default(90)
      .describe("A heap above so many percent of the container's memory asks a person."),
  }),
  *detect({ objects }, { asks_above_percent: asksAbove }, { reach }) {
    const room = divide(exact(asksAbove), whole(100));
    for (const { before, after } of workloads(objects, reach)) {
      if (after === undefined) continue;
      for (const container of after.containers) {
        const was = before === undefined ? undefined : predecessor(before, after, container);
        yield* judged(after, container, was, room);
      }
    }
  },
  examples: {
    "the heap outgrows the container": `
      M k8s/orders.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: orders }
        spec:
          template:
            spec:
              containers:
                - name: orders
                  env:
                    - name: JAVA_TOOL_OPTIONS
      -               value: -Xms512m -Xmx768m
      >               value: -Xms512m -Xmx2g
                  resources: { limits: { memory: 1Gi } }`,
    "the container shrinks below the heap of Node": `
      M k8s/web.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web }
        spec:
          template:
            spec:
              containers:
                - name: web
      !           args: ["--max-old-space-size=1536", "server.js"]
      -           resources: { limits: { memory: 2Gi } }
      +           resources: { limits: { memory: 1Gi } }`,
    "nothing is left beside the heap": `
      M k8s/orders.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: orders }
        spec:
          template:
            spec:
              containers:
                - name: orders
      -           args: ["java", "-XX:MaxRAMPercentage=75", "-jar", "app.jar"]
      >           args: ["java", "-XX:MaxRAMPercentage=95", "-jar", "app.jar"]
                  resources: { limits: { memory: 1Gi } }`,
    "heap and container grow together": `
      M k8s/orders.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: orders }
        spec:
          template:
            spec:
              containers:
                - name: orders
                  env:
                    - name: JAVA_TOOL_OPTIONS
      -               value: -Xmx768m
      +               value: -Xmx3g
      -           resources: { limits: { memory: 1Gi } }
      +           resources: { limits: { memory: 4Gi } }`,
    "without a limit nothing can be said": `
      M k8s/orders.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: orders }
        spec:
          template:
            spec:
              containers:
                - name: orders
                  env:
                    - name: JAVA_TOOL_OPTIONS
      -               value: -Xmx768m
      +               value: -Xmx3g`,
  },
});

function* judged(workload: Workload, container: Container, was: Container | undefined, room: Rational) {
  const about = `${workload.object.path} ${describeObject(workload.object)}#${container.name}.heap`;
  const [stood, heap] = [was === undefined ? null : heapOf(was), heapOf(container)];
  const hidden = heap === null && stood !== null ? isHidden(container) : undefined;
  if (hidden !== undefined)
    yield { at: hidden.place, about, undecided: `how large the heap of \`${container.name}\` is` };
  if (heap === null || compare(heap.share, room) <= 0) return;
  if (stood !== null && compare(heap.share, stood.share) <= 0) return;
  const full = compare(heap.share, rational(1n, 1n)) >= 0;
  if (!full && was === undefined) return;
  const limit = container.memoryLimit.kind === "exact" ? container.memoryLimit.value : null;
  if (limit === null) return;
  const edit =
    stood !== null && stood.flag !== heap.flag && typeof heap.at.scalar === "string"
      ? replaced(heap.at, heap.at.scalar.replace(heap.flag, stood.flag))
      : undefined;
  yield {
    at: heap.at.place,
    about,
    message: `\`${heap.flag}\` gives the heap ${percent(heap.share)} of the ${formatQuantity(limit)} that \`${container.name}\` may take${stood === null ? "" : `; it was ${percent(stood.share)}`}`,
    object: describeObject(workload.object),
    before: stood === null ? null : stood.flag,
    after: heap.flag,
    ...(full ? {} : { asks: true as const }),
    ...(edit === undefined ? {} : { fix: [edit] }),
  };
}
