import { type GuardTable, ordered, staysOff, staysOn, stated, without } from "../guard.ts";

const page = (name: string): string => `registry.terraform.io/providers/hashicorp/azurerm/4.0.0/docs/resources/${name}`;

const certificate = ordered([["Optional", "OptionalInteractiveUser"], "Required"], "Required");

/** Who is asked who they are, as the documentation of the provider states the defaults. */
export const azureLogin: readonly GuardTable[] = [
  {
    types: [
      "azurerm_linux_web_app*",
      "azurerm_windows_web_app*",
      "azurerm_linux_function_app*",
      "azurerm_windows_function_app*",
    ],
    source: page("linux_web_app"),
    login: {
      "auth_settings.enabled": staysOn(false),
      "auth_settings.unauthenticated_client_action": ordered(
        ["AllowAnonymous", "RedirectToLoginPage"],
        "RedirectToLoginPage",
        "AllowAnonymous",
      ),
      "auth_settings_v2.auth_enabled": staysOn(false),
      "auth_settings_v2.require_authentication": staysOn(false),
      "auth_settings_v2.unauthenticated_action": ordered(
        ["AllowAnonymous", ["RedirectToLoginPage", "Return401", "Return403"]],
        "RedirectToLoginPage",
        "AllowAnonymous",
      ),
      client_certificate_enabled: staysOn(false),
      client_certificate_mode: certificate,
      ftp_publish_basic_authentication_enabled: staysOff(true),
      "site_config.cors.allowed_origins": without("*"),
      webdeploy_publish_basic_authentication_enabled: staysOff(true),
    },
  },
  {
    types: ["azurerm_kubernetes_cluster"],
    source: page("kubernetes_cluster"),
    login: {
      azure_active_directory_role_based_access_control: stated,
      "azure_active_directory_role_based_access_control.azure_rbac_enabled": staysOn(false),
      local_account_disabled: staysOn(false),
      role_based_access_control_enabled: staysOn(true),
    },
  },
  {
    types: ["azurerm_container_registry"],
    source: page("container_registry"),
    login: { admin_enabled: staysOff(false) },
  },
  {
    types: ["azurerm_storage_account"],
    source: page("storage_account"),
    login: { shared_access_key_enabled: staysOff(true) },
  },
  {
    types: ["azurerm_redis_cache"],
    source: page("redis_cache"),
    login: { "redis_configuration.authentication_enabled": staysOn(true) },
  },
  {
    types: ["azurerm_mssql_server"],
    source: page("mssql_server"),
    login: { "azuread_administrator.azuread_authentication_only": staysOn(false) },
  },
  {
    types: ["azurerm_postgresql_flexible_server"],
    source: page("postgresql_flexible_server"),
    login: { "authentication.password_auth_enabled": staysOff(true) },
  },
  {
    types: ["azurerm_linux_virtual_machine*", "azurerm_orchestrated_virtual_machine_scale_set"],
    source: page("linux_virtual_machine"),
    login: { disable_password_authentication: staysOn(true) },
  },
  {
    types: ["azurerm_api_management_api"],
    source: page("api_management_api"),
    login: { subscription_required: staysOn(true) },
  },
  // Services that take keys of their own beside Entra ID name the switch alike, and have the keys on unless it is stated.
  {
    types: ["azurerm_*"],
    source: page("cosmosdb_account"),
    login: {
      local_auth_enabled: staysOff(true),
      local_authentication_disabled: staysOn(false),
      local_authentication_enabled: staysOff(true),
    },
  },
];
