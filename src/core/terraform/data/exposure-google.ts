import { type GuardTable, ordered, staysOff, staysOn, unstated } from "../guard.ts";

const page = (name: string): string => `registry.terraform.io/providers/hashicorp/google/7.0.0/docs/resources/${name}`;

/** Who may reach it from outside, as the documentation of the provider states the defaults. */
export const googleExposure: readonly GuardTable[] = [
  {
    types: ["google_storage_bucket"],
    source: page("storage_bucket"),
    exposure: {
      public_access_prevention: ordered(["inherited", "enforced"], "inherited"),
      uniform_bucket_level_access: staysOn(false),
    },
  },
  {
    types: ["google_sql_database_instance"],
    source: page("sql_database_instance"),
    exposure: { "settings.ip_configuration.ipv4_enabled": staysOff(true) },
  },
  {
    types: ["google_compute_instance", "google_compute_instance_template", "google_compute_region_instance_template"],
    source: page("compute_instance"),
    exposure: {
      "network_interface.access_config": unstated,
      "network_interface.ipv6_access_config": unstated,
    },
  },
  {
    types: ["google_alloydb_instance"],
    source: page("alloydb_instance"),
    exposure: { "network_config.enable_public_ip": staysOff(false) },
  },
  {
    types: ["google_container_cluster"],
    source: page("container_cluster"),
    exposure: {
      "private_cluster_config.enable_private_nodes": staysOn(false),
    },
  },
  {
    types: ["google_cloud_run_v2_service", "google_cloud_run_v2_job"],
    source: page("cloud_run_v2_service"),
    exposure: {
      ingress: ordered(
        ["INGRESS_TRAFFIC_ALL", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", "INGRESS_TRAFFIC_INTERNAL_ONLY"],
        "INGRESS_TRAFFIC_ALL",
      ),
      invoker_iam_disabled: staysOff(false),
    },
  },
  {
    types: ["google_cloudfunctions_function"],
    source: page("cloudfunctions_function"),
    exposure: {
      ingress_settings: ordered(["ALLOW_ALL", "ALLOW_INTERNAL_AND_GCLB", "ALLOW_INTERNAL_ONLY"], "ALLOW_ALL"),
    },
  },
  {
    types: ["google_cloudfunctions2_function"],
    source: page("cloudfunctions2_function"),
    exposure: {
      "service_config.ingress_settings": ordered(
        ["ALLOW_ALL", "ALLOW_INTERNAL_AND_GCLB", "ALLOW_INTERNAL_ONLY"],
        "ALLOW_ALL",
      ),
    },
  },
  {
    types: [
      "google_compute_forwarding_rule",
      "google_compute_region_backend_service",
      "google_compute_backend_service",
    ],
    source: page("compute_forwarding_rule"),
    exposure: {
      load_balancing_scheme: ordered(
        ["EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL_SELF_MANAGED", "INTERNAL_MANAGED", "INTERNAL"],
        "EXTERNAL",
      ),
    },
  },
  {
    types: ["google_notebooks_instance"],
    source: page("notebooks_instance"),
    exposure: { no_public_ip: staysOn(false) },
  },
  {
    types: ["google_workbench_instance"],
    source: page("workbench_instance"),
    exposure: { "gce_setup.disable_public_ip": staysOn(false) },
  },
  {
    types: ["google_dataproc_cluster"],
    source: page("dataproc_cluster"),
    exposure: { "cluster_config.gce_cluster_config.internal_ip_only": staysOn(true, true) },
  },
];
