/**
 * What can be reached from outside unless its configuration says otherwise, by the documentation of the providers: load balancers and
 * containers with an address of their own. Control planes of clusters are networks: see the rules for those.
 */
const open: Readonly<Record<string, readonly string[]>> = {
  aws_alb: ["internal"],
  aws_elb: ["internal"],
  aws_lb: ["internal"],
  azurerm_container_group: ["ip_address_type"],
  google_compute_forwarding_rule: ["load_balancing_scheme"],
};

/** Whether a new resource of this type is open where its configuration is silent. */
export function opensUnlessStated(type: string, path: string): boolean {
  return Object.hasOwn(open, type) && (open[type]?.includes(path) ?? false);
}

/** What new resources leave open as a rule, and nobody is reached by alone: the answers to preflight requests, the lists of a bucket. */
const customary: Readonly<Record<string, string>> = {
  aws_api_gateway_method: "authorization",
  aws_apigatewayv2_route: "authorization_type",
  aws_s3_bucket_ownership_controls: "rule.object_ownership",
};

export function opensAsARule(type: string, path: string): boolean {
  return Object.hasOwn(customary, type) && customary[type] === path;
}
