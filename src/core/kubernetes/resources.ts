import { compare, divide, formatDecimal, parseQuantity, type Rational, rational, zero } from "../../lib/quantity.ts";
import type { Context, Undecided } from "../rule.ts";
import { describeObject, type KubernetesObject, type ObjectChange } from "../views/kubernetes.ts";
import { type Amount, type Container, predecessor, reached, type Workload, workloads } from "../views/workloads.ts";

export const resourceNames = ["cpu", "memory", "ephemeral-storage"] as const;
export type ResourceName = (typeof resourceNames)[number];
export type Bounding = "requests" | "limits";
export type Exact = Extract<Amount, { readonly kind: "exact" }>;

/** A container of the head with what it was; `before` is undefined for one that is new. */
export interface ContainerChange {
  readonly object: KubernetesObject;
  readonly workload: Workload;
  readonly stood: Workload | undefined;
  readonly before: Container | undefined;
  readonly after: Container;
}

/** The containers of every workload of the head. What a LimitRange gives to others is no container. */
export function containerChanges(
  objects: readonly ObjectChange[],
  reach: Context["reach"],
): readonly ContainerChange[] {
  return workloads(objects, reach).flatMap(({ before: stood, after: workload }) => {
    if (workload === undefined || workload.object.kind === "LimitRange") return [];
    return workload.containers.map((after) => ({
      object: workload.object,
      workload,
      stood,
      before: predecessor(stood, workload, after),
      after,
    }));
  });
}

const absent: Amount = { kind: "absent" };

/** What a container states. A limit of 0 is none; a request of 0 asks for nothing, which is a figure. */
export function stated(container: Container | undefined, bounding: Bounding, resource: ResourceName): Amount {
  const value = container === undefined ? undefined : reached(container.root, ["resources", bounding, resource]);
  if (value === undefined || value.scalar === null) return absent;
  const { scalar } = value;
  const written = typeof scalar === "string" || typeof scalar === "number" ? String(scalar) : "";
  const exact = parseQuantity(written);
  if (exact === null || compare(exact, zero) < 0) return { kind: "undecided", at: value };
  if (bounding === "limits" && compare(exact, zero) === 0) return absent;
  return { kind: "exact", value: exact, at: value, written };
}

/**
 * What is reserved for a container: its request, else its limit, which the API server writes in the request's place.
 * https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
 */
export function reserved(container: Container | undefined, resource: ResourceName): Amount {
  const request = stated(container, "requests", resource);
  return request.kind === "absent" ? stated(container, "limits", resource) : request;
}

export function aboutResource({ object, after }: ContainerChange, resource: ResourceName): string {
  return `${object.path} ${describeObject(object)}#${after.name}.${resource}`;
}

/** Whether an amount is hidden now and was not hidden by the same text before. */
export function isNewlyHidden(is: Amount, was: Amount): is is Extract<Amount, { readonly kind: "undecided" }> {
  return is.kind === "undecided" && !(was.kind === "undecided" && was.at.scalar === is.at.scalar);
}

/** The Gap of an amount that cannot be read. */
export function hiddenAmount(
  change: ContainerChange,
  bounding: Bounding,
  resource: ResourceName,
  amount: Extract<Amount, { readonly kind: "undecided" }>,
): Undecided {
  return {
    at: amount.at.place,
    about: aboutResource(change, resource),
    undecided: `what the ${resource} ${bounding === "limits" ? "limit" : "request"} of \`${change.after.name}\` is`,
  };
}

/** How many times one figure is the other, cut to one decimal: `4×`, `2.5×`. */
export function timesOf(value: Rational, of: Rational): string {
  const ratio = divide(value, of);
  return `${formatDecimal(rational((ratio.numerator * 10n) / ratio.denominator, 10n))}×`;
}
