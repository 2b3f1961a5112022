import { type GuardTable, ordered, staysOff, unstated } from "../guard.ts";

const page = (name: string): string => `registry.terraform.io/providers/hashicorp/azurerm/4.0.0/docs/resources/${name}`;

/** Who may reach it from outside, as the documentation of the provider states the defaults. */
export const azureExposure: readonly GuardTable[] = [
  {
    types: ["azurerm_storage_account"],
    source: page("storage_account"),
    exposure: {
      public_network_access_enabled: staysOff(true),
      allow_nested_items_to_be_public: staysOff(true),
    },
  },
  {
    types: ["azurerm_storage_container"],
    source: page("storage_container"),
    exposure: { container_access_type: ordered(["container", "blob", "private"], "private") },
  },
  {
    types: ["azurerm_postgresql_flexible_server", "azurerm_mysql_flexible_server"],
    source: page("postgresql_flexible_server"),
    exposure: { public_network_access_enabled: staysOff(true) },
  },
  {
    types: ["azurerm_mssql_managed_instance"],
    source: page("mssql_managed_instance"),
    exposure: { public_data_endpoint_enabled: staysOff(false) },
  },
  {
    types: ["azurerm_kubernetes_cluster_node_pool"],
    source: page("kubernetes_cluster_node_pool"),
    exposure: { node_public_ip_enabled: staysOff(false) },
  },
  {
    types: ["azurerm_network_interface"],
    source: page("network_interface"),
    exposure: { "ip_configuration.public_ip_address_id": unstated },
  },
  {
    types: ["azurerm_container_registry"],
    source: page("container_registry"),
    exposure: { public_network_access_enabled: staysOff(true), anonymous_pull_enabled: staysOff(false) },
  },
  {
    types: ["azurerm_managed_disk"],
    source: page("managed_disk"),
    exposure: {
      public_network_access_enabled: staysOff(true),
      network_access_policy: ordered(["AllowAll", "AllowPrivate", "DenyAll"], "AllowAll"),
    },
  },
  {
    types: ["azurerm_container_group"],
    source: page("container_group"),
    exposure: { ip_address_type: ordered(["Public", "Private", "None"], "Public") },
  },
  {
    types: ["azurerm_api_management"],
    source: page("api_management"),
    exposure: {
      public_network_access_enabled: staysOff(true),
      virtual_network_type: ordered(["None", "External", "Internal"], "None"),
    },
  },
  {
    types: ["azurerm_data_factory"],
    source: page("data_factory"),
    exposure: { public_network_enabled: staysOff(true) },
  },
  // The services of Azure that have a public endpoint name the switch alike, and have it on unless it is stated.
  { types: ["azurerm_*"], source: page("key_vault"), exposure: { public_network_access_enabled: staysOff(true) } },
];
