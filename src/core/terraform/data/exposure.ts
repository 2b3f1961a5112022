/**
 * What can be reached from outside unless its configuration says otherwise, by the documentation of the providers: load balancers,
 * containers with an address of their own, and clusters, whose control plane anybody may then talk to.
 */
const open: Readonly<Record<string, readonly string[]>> = {
  aws_alb: ["internal"],
  aws_eks_cluster: ["vpc_config.endpoint_public_access"],
  aws_elb: ["internal"],
  aws_lb: ["internal"],
  azurerm_container_group: ["ip_address_type"],
  azurerm_kubernetes_cluster: ["private_cluster_enabled"],
  google_compute_forwarding_rule: ["load_balancing_scheme"],
  google_container_cluster: ["private_cluster_config.enable_private_nodes"],
};

/** Whether a new resource of this type is open where its configuration is silent. */
export function opensUnlessStated(type: string, path: string): boolean {
  return Object.hasOwn(open, type) && (open[type]?.includes(path) ?? false);
}
