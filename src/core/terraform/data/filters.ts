import { type GuardTable, ordered, staysOn, stated } from "../guard.ts";

const page = (provider: string, name: string): string =>
  `registry.terraform.io/providers/hashicorp/${provider}/docs/resources/${name}`;

const mode = ordered(["Detection", "Prevention"], "Prevention");

/** Firewalls that look at requests, as the documentation of the providers states the defaults. */
export const filterGuards: readonly GuardTable[] = [
  {
    types: ["aws_cloudfront_distribution"],
    source: page("aws/6.0.0", "cloudfront_distribution"),
    filter: { web_acl_id: stated },
  },
  {
    types: ["aws_wafv2_web_acl"],
    source: page("aws/6.0.0", "wafv2_web_acl"),
    filter: { "default_action.block": stated },
  },
  {
    types: ["google_compute_backend_service", "google_compute_region_backend_service"],
    source: page("google/7.0.0", "compute_backend_service"),
    filter: { edge_security_policy: stated, security_policy: stated },
  },
  {
    types: ["azurerm_application_gateway"],
    source: page("azurerm/4.0.0", "application_gateway"),
    filter: {
      firewall_policy_id: stated,
      "waf_configuration.enabled": staysOn(true, false),
      "waf_configuration.firewall_mode": mode,
    },
  },
  {
    types: ["azurerm_web_application_firewall_policy"],
    source: page("azurerm/4.0.0", "web_application_firewall_policy"),
    filter: { "policy_settings.enabled": staysOn(true), "policy_settings.mode": mode },
  },
  {
    types: ["azurerm_cdn_frontdoor_firewall_policy", "azurerm_frontdoor_firewall_policy"],
    source: page("azurerm/4.0.0", "cdn_frontdoor_firewall_policy"),
    filter: { enabled: staysOn(true), mode },
  },
];
