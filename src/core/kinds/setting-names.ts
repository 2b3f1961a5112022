import type { Kind } from "../policy/schema.ts";

/**
 * What a key of a values file sets, by the names on the way to it. Names as the charts of Helm's own template, Bitnami and the values
 * that Kustomize and Compose read write them; compared without regard to case, `-` and `_`.
 */
interface Names {
  /** What the key itself is called. */
  readonly last?: RegExp;
  /** What a key above it is called. */
  readonly above?: RegExp;
  readonly kind: Kind;
}

/** Names that mean one thing in whatever file they stand. The first that fits decides. */
const everywhere: readonly Names[] = [
  { above: /^(?:liveness|readiness|startup)probe$/u, kind: "probes" },
  { last: /^(?:liveness|readiness|startup)probe$/u, kind: "probes" },
  { last: /^(?:replicacount|replicas|(?:min|max)replica(?:s|count))$/u, kind: "scale" },
  { above: /^(?:autoscaling|hpa|keda)$/u, kind: "scale" },
  { above: /^(?:limits|requests)$/u, last: /^(?:cpu|memory|storage|ephemeralstorage)$/u, kind: "resources" },
  { last: /^(?:resourcespreset|memlimit|cpus)$/u, kind: "resources" },
  { last: /^(?:image|newtag|newname|imagetag)$/u, kind: "image" },
  { above: /(?:^|image)images?$/u, last: /^(?:tag|repository|registry|digest|name)$/u, kind: "image" },
];

/** Names that mean this in the values of a chart, and may mean anything elsewhere. */
const ofCharts: readonly Names[] = [
  { above: /^(?:ingress\w*|gateway|httproute|virtualservice)$/u, kind: "ingress" },
  { above: /^networkpolicy$/u, kind: "network" },
  { last: /^(?:hostnetwork|hostport|loadbalancersourceranges)$/u, kind: "network" },
  {
    above: /^(?:service|ports)$/u,
    last: /^(?:type|\w*port|loadbalancer\w*|externalips|\w*trafficpolicy)$/u,
    kind: "network",
  },
  { above: /^(?:serviceaccount|rbac|(?:pod|container)?securitycontext)$/u, kind: "iam" },
  { last: /^serviceaccountname$/u, kind: "iam" },
  { above: /^(?:secrets?|externalsecrets?|sealedsecrets?)$/u, kind: "secrets" },
  { last: /^(?:existingsecret|\w*password|\w*token|\w*apikey|\w*privatekey)$/u, kind: "secrets" },
  { above: /^(?:auth|oauth2?|oauth2?proxy|oidc|sso|saml|ldap|authentication|authorization|jwt)$/u, kind: "auth" },
  { above: /^migrations?$/u, kind: "migration" },
  { above: /^(?:billing|budgets?)$/u, kind: "billing" },
];

/** Charts of databases, by the key that their values stand under. */
const databases =
  /^(?:postgres(?:ql)?(?:ha)?|mysql|mariadb(?:galera)?|mongodb|redis(?:cluster)?|valkey|cassandra|elasticsearch|opensearch|clickhouse|cockroachdb|database|db)$/u;

/** The kinds of a key, beside `config`. `ofChart`: it is known that a chart reads it. */
export function kindsOfSetting(segments: readonly string[], ofChart: boolean): readonly Kind[] {
  const names = segments.map((segment) => segment.toLowerCase().replaceAll(/[-_]/gu, ""));
  const [last = "", above] = [names.at(-1), names.slice(0, -1)];
  const fits = (one: Names): boolean =>
    (one.last?.test(last) ?? true) && (one.above === undefined || above.some((name) => one.above?.test(name) === true));
  const known = [everywhere, ofChart ? ofCharts : []].flatMap((table) => table.find(fits)?.kind ?? []);
  return ofChart && above.some((name) => databases.test(name)) ? [...known, "database"] : known;
}

/** Whether switching the key off takes away something that may hold data. */
export function holdsData(segments: readonly string[]): boolean {
  const names = segments.map((segment) => segment.toLowerCase().replaceAll(/[-_]/gu, ""));
  return (
    names.at(-1) === "enabled" && names.slice(0, -1).some((name) => databases.test(name) || name === "persistence")
  );
}
