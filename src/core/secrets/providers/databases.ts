import { named, token, type ProviderRule } from "../rule.ts";
import * as form from "../shape.ts";
import { run } from "../shape.ts";

/** Databases, warehouses, search, as a service. */
export const databases: readonly ProviderRule[] = [
  token({
    id: "planetscale-token",
    provider: "PlanetScale",
    what: "PlanetScale service token, password or OAuth token",
    literals: ["pscale_tkn_", "pscale_pw_", "pscale_oauth_"],
    rest: [run(form.wordDotted, 32, 64)],
  }),
  token({
    id: "supabase-token",
    provider: "Supabase",
    what: "Supabase access token",
    literals: ["sbp_", "sbp_oauth_"],
    rest: [run(form.lowerHex, 40)],
  }),
  token({
    id: "supabase-secret-key",
    provider: "Supabase",
    what: "Supabase secret key",
    literals: "sb_secret_",
    rest: [run(form.base64url, 30, 50)],
    source: "https://www.supabase.com/docs/guides/getting-started/api-keys",
  }),
  token({ id: "neon-key", provider: "Neon", what: "Neon API key", literals: "napi_", rest: [run(form.lowerWord, 64)] }),
  token({
    id: "mongodb-atlas-secret",
    provider: "MongoDB Atlas",
    what: "MongoDB Atlas service account secret",
    literals: "mdb_sa_sk_",
    rest: [run(form.base64url, 40)],
  }),
  token({
    id: "aiven-password",
    provider: "Aiven",
    what: "Aiven service password",
    literals: "AVNS_",
    rest: [run(form.base64url, 19)],
  }),
  token({
    id: "databricks-token",
    provider: "Databricks",
    what: "Databricks access token",
    literals: "dapi",
    rest: [run(form.lowerHex, 32)],
  }),
  token({
    id: "databricks-oauth-secret",
    provider: "Databricks",
    what: "Databricks OAuth secret",
    literals: "dose",
    rest: [run(form.lowerHex, 32)],
  }),
  token({
    id: "clickhouse-cloud-key",
    provider: "ClickHouse",
    what: "ClickHouse Cloud API secret",
    literals: "4b1d",
    rest: [run(form.word, 38)],
    passes: (value) => /[A-Z]/.test(value),
  }),
  named({
    id: "confluent-secret",
    provider: "Confluent",
    what: "Confluent Cloud API secret",
    names: ["confluent"],
    value: [run(form.base64, 64)],
  }),
  named({
    id: "algolia-key",
    provider: "Algolia",
    what: "Algolia admin key",
    names: ["algoliaadmin", "algoliaapi", "algoliawrite"],
    value: [run(form.lowerHex, 32)],
  }),
];
