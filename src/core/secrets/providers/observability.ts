import { named, token, type ProviderRule } from "../rule.ts";
import * as form from "../shape.ts";
import { run } from "../shape.ts";

const sentry = "https://docs.sentry.io/security-legal-pii/security/token-formats/";
const dynatrace = "https://docs.dynatrace.com/docs/dynatrace-api/basics/dynatrace-api-authentication";

/** Metrics, logs, errors, on-call, feature flags, product analytics. */
export const observability: readonly ProviderRule[] = [
  named({
    id: "datadog-api-key",
    provider: "Datadog",
    what: "Datadog API key",
    names: ["datadog", "ddapikey", "ddclientapi"],
    value: [run(form.lowerHex, 32)],
  }),
  named({
    id: "datadog-application-key",
    provider: "Datadog",
    what: "Datadog application key",
    names: ["datadog", "ddappkey", "ddapplication"],
    value: [run(form.lowerHex, 40)],
  }),
  token({
    id: "new-relic-user-key",
    provider: "New Relic",
    what: "New Relic user API key",
    literals: "NRAK-",
    rest: [run(form.upperWord, 27)],
  }),
  token({
    id: "new-relic-insert-key",
    provider: "New Relic",
    what: "New Relic insert key",
    literals: ["NRII-", "NRIQ-"],
    rest: [run(form.base64url, 32)],
  }),
  token({
    id: "new-relic-license-key",
    provider: "New Relic",
    what: "New Relic license key",
    lead: run(form.lowerHex, 36),
    literals: "NRAL",
    rest: [],
  }),
  token({
    id: "grafana-service-account-token",
    provider: "Grafana",
    what: "Grafana service account token",
    literals: "glsa_",
    rest: [run(form.word, 32), "_", run(form.lowerHex, 8)],
  }),
  token({
    id: "grafana-cloud-token",
    provider: "Grafana",
    what: "Grafana Cloud access policy token",
    literals: "glc_",
    rest: [run(form.base64, 60, 400)],
    passes: (value) => value.startsWith("glc_eyJ"),
  }),
  token({
    id: "grafana-api-key",
    provider: "Grafana",
    what: "Grafana API key",
    literals: "eyJrIjoi",
    rest: [run(form.base64, 60, 150)],
  }),
  token({
    id: "sentry-user-token",
    provider: "Sentry",
    what: "Sentry personal auth token",
    literals: "sntryu_",
    rest: [run(form.lowerHex, 64)],
    source: sentry,
  }),
  token({
    id: "sentry-organization-token",
    provider: "Sentry",
    what: "Sentry organization auth token",
    literals: "sntrys_eyJ",
    rest: [run(form.base64, 60, 400), ["=_", "==_", "_"], run(form.base64, 43)],
  }),
  token({
    id: "dynatrace-token",
    provider: "Dynatrace",
    what: "Dynatrace token",
    literals: "dt0",
    rest: [run(form.lettersOnly, 1), run(form.digits, 2), ".", run(form.upperWord, 24), ".", run(form.upperWord, 64)],
    source: dynatrace,
  }),
  token({
    id: "honeycomb-key",
    provider: "Honeycomb",
    what: "Honeycomb ingest key",
    literals: ["hcaik_", "hcbik_", "hccik_"],
    rest: [run(form.lowerWord, 58)],
  }),
  token({
    id: "posthog-personal-key",
    provider: "PostHog",
    what: "PostHog personal API key",
    literals: "phx_",
    rest: [run(form.word, 40, 60)],
  }),
  token({
    id: "launchdarkly-key",
    provider: "LaunchDarkly",
    what: "LaunchDarkly SDK or API key",
    // Ids of other things are written the same way.
    level: "review",
    literals: ["sdk-", "api-"],
    rest: form.uuid,
  }),
  token({
    id: "axiom-token",
    provider: "Axiom",
    what: "Axiom token",
    literals: ["xaat-", "xapt-"],
    rest: form.uuid,
  }),
  token({
    id: "checkly-key",
    provider: "Checkly",
    what: "Checkly API key",
    literals: "cu_",
    rest: [run(form.lowerHex, 32)],
  }),
  named({
    id: "pagerduty-key",
    provider: "PagerDuty",
    what: "PagerDuty API key",
    names: ["pagerduty", "pdapi"],
    value: [["u+", "y_", "e+"], run(form.base64url, 18)],
  }),
  named({
    id: "pagerduty-routing-key",
    provider: "PagerDuty",
    what: "PagerDuty integration key",
    names: ["pagerduty", "routingkey"],
    value: [run(form.lowerWord, 32)],
  }),
  named({
    id: "rollbar-token",
    provider: "Rollbar",
    what: "Rollbar access token",
    names: ["rollbar"],
    value: [run(form.lowerHex, 32)],
  }),
  named({
    id: "logzio-token",
    provider: "Logz.io",
    what: "Logz.io shipping token",
    names: ["logzio"],
    value: [run(form.lettersOnly, 32)],
  }),
  named({
    id: "bugsnag-key",
    provider: "Bugsnag",
    what: "Bugsnag API key",
    level: "review",
    names: ["bugsnag"],
    value: [run(form.lowerHex, 32)],
  }),
];
