import { isExpression } from "../keeping.ts";
import type { KubernetesObject } from "../object.ts";
import { annotation, hiddenParts, type Opening, quoted, text, texts, widened } from "./opening.ts";

/** How far a service is reached, from its cluster to the world. https://kubernetes.io/docs/concepts/services-networking/service/ */
const reaches: Readonly<Record<string, number>> = { ExternalName: 0, ClusterIP: 0, NodePort: 1, LoadBalancer: 2 };

/** Annotations by which a load balancer has no public address, of AWS, GKE, AKS, OpenStack, Oracle, Alibaba and IBM, and the values that say so. */
const internal: Readonly<Record<string, RegExp>> = {
  "service.beta.kubernetes.io/aws-load-balancer-internal": /^(?:true|0\.0\.0\.0\/0)$/u,
  "service.beta.kubernetes.io/aws-load-balancer-scheme": /^internal$/u,
  "networking.gke.io/load-balancer-type": /^internal$/iu,
  "cloud.google.com/load-balancer-type": /^internal$/iu,
  "service.beta.kubernetes.io/azure-load-balancer-internal": /^true$/u,
  "service.beta.kubernetes.io/openstack-internal-load-balancer": /^true$/u,
  "service.beta.kubernetes.io/oci-load-balancer-internal": /^true$/u,
  "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type": /^intranet$/u,
  "service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": /^private$/u,
};

function isInternal(object: KubernetesObject): boolean {
  return Object.entries(internal).some(([name, says]) => says.test(text(annotation(object, name))));
}

export function ofService(before: KubernetesObject | undefined, after: KubernetesObject): readonly Opening[] {
  const spec = after.root.at("spec") ?? after.root;
  const type = spec.at("type");
  const [was, is] = [before?.root.at("spec", "type"), type].map((one) => text(one) || "ClusterIP");
  const openings: Opening[] = [];
  const add = (opening: Opening): void => void openings.push(opening);
  const isReached = (word: string | undefined): number => reaches[word ?? ""] ?? 0;
  if (isExpression(type) && type !== undefined) {
    if (is !== was) add({ key: "type", at: type, message: "", hidden: true });
  } else if (type !== undefined && isReached(is) > isReached(was)) {
    const isPublic = isReached(is) === 2 && !isInternal(after);
    const where =
      isReached(is) === 1
        ? "on a port of every node"
        : isPublic
          ? "from outside, by a load balancer of its own"
          : "by an internal load balancer of its own";
    add({
      key: "type",
      at: type,
      message: `${before === undefined ? "" : `${quoted(was ?? "")} → `}${quoted(is ?? "")}: it is reached ${where}`,
      ...(isPublic && before !== undefined ? { grave: true as const } : {}),
    });
  }
  const known = texts(before?.root.at("spec", "externalIPs"));
  for (const at of spec.at("externalIPs")?.items() ?? []) {
    if (!known.includes(text(at)))
      add({
        key: `externalIPs ${text(at)}`,
        at,
        message: `it takes the traffic to the address ${quoted(text(at))} from every node`,
      });
  }
  if (before === undefined) return openings;
  openings.push(...hiddenParts(before, after, [["spec"], ["spec", "externalIPs"], ["metadata", "annotations"]]));
  // Values that name no type leave it to the chart.
  const isBalanced = is === "LoadBalancer" || (after.patch && type === undefined);
  const wasBalanced = was === "LoadBalancer" || (before.patch && before.root.at("spec", "type") === undefined);
  if (isBalanced && wasBalanced && isInternal(before) && !isInternal(after)) {
    const changed = Object.keys(internal)
      .map((name) => annotation(after, name))
      .find((one) => one !== undefined);
    const at = changed ?? after.root.at("metadata", "annotations") ?? after.root.at("metadata") ?? after.root;
    if (isExpression(changed)) add({ key: "internal", at, message: "", hidden: true });
    else
      add({ key: "internal", at, message: "its load balancer was an internal one and is not any more", grave: true });
  }
  const sources = (object: KubernetesObject) =>
    object.root.at("spec", "loadBalancerSourceRanges") ??
    annotation(object, "service.beta.kubernetes.io/load-balancer-source-ranges");
  if (isBalanced) openings.push(...widened("loadBalancerSourceRanges", sources(before), sources(after), spec));
  return openings;
}
