import { isExpression } from "../keeping.ts";
import type { KubernetesObject } from "../object.ts";
import { annotation, hiddenParts, type Opening, quoted, text, widened } from "./opening.ts";

const allowlists = ["haproxy.router.openshift.io/ip_whitelist", "haproxy.router.openshift.io/ip_allowlist"];

/** https://docs.redhat.com/en/documentation/openshift_container_platform/ ("Route configuration", "Secured routes"). */
export function ofOpenShiftRoute(before: KubernetesObject, after: KubernetesObject): readonly Opening[] {
  const openings: Opening[] = [...hiddenParts(before, after, [["spec"], ["spec", "tls"], ["metadata", "annotations"]])];
  const spec = after.root.at("spec") ?? after.root;
  const [was, tls] = [before.root.at("spec", "tls"), spec.at("tls")];
  if (was !== undefined && tls === undefined)
    openings.push({ key: "tls", at: spec, message: "it served TLS, and does not any more" });
  const [insecure, at] = [text(was?.at("insecureEdgeTerminationPolicy")), tls?.at("insecureEdgeTerminationPolicy")];
  if (at !== undefined && text(at) !== insecure && (text(at) === "Allow" || isExpression(at)))
    openings.push({
      key: "insecureEdgeTerminationPolicy",
      at,
      message: "requests without TLS are served, and were not",
      ...(isExpression(at) ? { hidden: true as const } : {}),
    });
  const [ends, end] = [text(was?.at("termination")), tls?.at("termination")];
  if (end !== undefined && ["reencrypt", "passthrough"].includes(ends) && text(end) === "edge")
    openings.push({
      key: "termination",
      at: end,
      message: `TLS ends at the router: ${quoted(ends)} → ${quoted("edge")}`,
    });
  const wild = spec.at("wildcardPolicy");
  if (
    wild !== undefined &&
    text(wild) === "Subdomain" &&
    text(before.root.at("spec", "wildcardPolicy")) !== "Subdomain"
  )
    openings.push({ key: "wildcardPolicy", at: wild, message: "it takes requests for every host of its domain" });
  for (const name of allowlists)
    openings.push(
      ...widened(name, annotation(before, name), annotation(after, name), after.root.at("metadata") ?? after.root),
    );
  return openings;
}
