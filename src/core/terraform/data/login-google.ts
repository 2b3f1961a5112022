import { type GuardTable, ordered, staysOff, staysOn, stated, unlisted } from "../guard.ts";

const page = (name: string): string => `registry.terraform.io/providers/hashicorp/google/7.0.0/docs/resources/${name}`;

/** Who is asked who they are, as the documentation of the provider states the defaults. */
export const googleLogin: readonly GuardTable[] = [
  {
    types: ["google_compute_backend_service", "google_compute_region_backend_service", "google_app_engine_application"],
    source: page("compute_backend_service"),
    login: { "iap.enabled": staysOn(true, false) },
  },
  {
    types: ["google_cloud_run_v2_service"],
    source: page("cloud_run_v2_service"),
    login: { iap_enabled: staysOn(false) },
  },
  {
    types: ["google_container_cluster"],
    source: page("container_cluster"),
    login: {
      authenticator_groups_config: stated,
      enable_legacy_abac: staysOff(false),
      "master_auth.client_certificate_config.issue_client_certificate": staysOff(false),
      "workload_identity_config.workload_pool": stated,
    },
  },
  {
    types: ["google_identity_platform_config"],
    source: page("identity_platform_config"),
    login: {
      authorized_domains: unlisted,
      "mfa.state": ordered(["DISABLED", "ENABLED", "MANDATORY"], "DISABLED"),
      "sign_in.anonymous.enabled": staysOff(false),
      "sign_in.email.password_required": staysOn(true),
    },
  },
  {
    types: ["google_redis_instance"],
    source: page("redis_instance"),
    login: { auth_enabled: staysOn(false) },
  },
];
