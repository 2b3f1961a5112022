import { networkAcl, networkAclRule } from "./aws-acls.ts";
import { securityGroup, securityGroupRule, singleRule } from "./aws-groups.ts";
import { networkSecurityGroup, networkSecurityRule } from "./azure.ts";
import type { Reader } from "./barrier.ts";
import { firewall, policyRule } from "./google.ts";
import { aksCluster, eksCluster, eksNodes, firewallRule, gkeCluster, networkRules, sqlInstance } from "./lists.ts";

/** Who reads which resource type. Names: the resource indexes of the providers aws 6, google 7 and azurerm 4, and what they retired. */
export const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["aws_security_group", securityGroup],
  ["aws_default_security_group", securityGroup],
  ["aws_security_group_rule", securityGroupRule],
  ["aws_vpc_security_group_ingress_rule", singleRule],
  ["aws_vpc_security_group_egress_rule", singleRule],
  ["aws_network_acl", networkAcl],
  ["aws_default_network_acl", networkAcl],
  ["aws_network_acl_rule", networkAclRule],
  ["aws_eks_cluster", eksCluster],
  ["aws_eks_node_group", eksNodes],
  ["google_compute_firewall", firewall],
  ["google_compute_firewall_policy_rule", policyRule],
  ["google_compute_network_firewall_policy_rule", policyRule],
  ["google_compute_region_network_firewall_policy_rule", policyRule],
  ["google_sql_database_instance", sqlInstance],
  ["google_container_cluster", gkeCluster],
  ["azurerm_network_security_group", networkSecurityGroup],
  ["azurerm_network_security_rule", networkSecurityRule],
  ["azurerm_kubernetes_cluster", aksCluster],
  ...[
    "azurerm_mariadb_firewall_rule",
    "azurerm_mssql_firewall_rule",
    "azurerm_mysql_firewall_rule",
    "azurerm_mysql_flexible_server_firewall_rule",
    "azurerm_postgresql_firewall_rule",
    "azurerm_postgresql_flexible_server_firewall_rule",
    "azurerm_redis_firewall_rule",
    "azurerm_sql_firewall_rule",
    "azurerm_synapse_firewall_rule",
  ].map((type) => [type, firewallRule] as const),
  ...[
    "azurerm_cognitive_account",
    "azurerm_container_registry",
    "azurerm_eventhub_namespace",
    "azurerm_key_vault",
    "azurerm_servicebus_namespace",
    "azurerm_storage_account",
    "azurerm_storage_account_network_rules",
  ].map((type) => [type, networkRules] as const),
]);
