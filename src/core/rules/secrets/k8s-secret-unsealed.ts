import { z } from "zod";
import type { Place } from "../../change/change-set.ts";
import { count } from "../../../lib/text.ts";
import { defineRule } from "../../rule.ts";
import { secretAt } from "../../secrets/about.ts";
import { printableBase64 } from "../../secrets/checksums.ts";
import { opennessOf } from "../../secrets/openness.ts";
import { isReference } from "../../secrets/placeholders.ts";
import { describeObject, type KubernetesObject } from "../../views/kubernetes.ts";
import { inCode } from "../../terraform/telling.ts";

export default defineRule({
  id: "k8s-secret-unsealed",
  invariant: "no-secrets",
  severity: "critical",
  confidence: "high",
  summary: "A Secret that was sealed, or brought from where secrets are kept, stands in a manifest with its values.",
  why: "Base64 hides nothing: everybody who can read the repository has the values, in its history for good.",
  remedy: "Take the Secret out of the branch's history, bring it as before, and replace what it held.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { secrets }) {
    const lost = objects.flatMap(({ before, after }) => {
      const brought = before === undefined ? [] : broughtBy(before);
      const still = new Set(after === undefined ? [] : broughtBy(after));
      return brought.filter((name) => !still.has(name)).map((name) => ({ name, by: before }));
    });
    for (const { before, after, changed } of objects) {
      if (after?.kind !== "Secret" || !changed || after.apiVersion.includes("/")) continue;
      const source = lost.find(({ name, by }) => name === after.name && isSameNamespace(by, after));
      const was = new Map(before?.kind === "Secret" ? clearIn(before).map(({ name, value }) => [name, value]) : []);
      const fresh = clearIn(after).filter(({ name, value }) => was.get(name) !== value);
      if (source?.by === undefined) continue;
      // A value that is known for a secret is one thing, whoever tells it.
      const things = Map.groupBy(fresh, ({ at }) => secretAt(secrets, at)?.about ?? describeObject(after));
      for (const [about, values] of things) {
        const [first] = values;
        if (first === undefined) continue;
        const others = (secretAt(secrets, first.at)?.paths ?? []).filter((path) => path !== first.at.path);
        yield {
          at: first.at,
          about,
          ...(others.length === 0 ? {} : { paths: others }),
          message: `${inCode(describeObject(after))} was brought by ${inCode(describeObject(source.by))} and holds values in clear now: ${values.map(({ name }) => inCode(name)).join(", ")}${others.length === 0 ? "" : `, which ${count(others.length, "other file holds", "other files hold")} as well`}`,
          object: describeObject(after),
          ...(values.some(({ certain }) => certain) ? {} : { asks: true as const }),
        };
      }
    }
  },
  examples: {
    "a sealed Secret is opened": `
      D k8s/sealed.yaml
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata: { name: db, namespace: shop }
        spec:
          encryptedData: { password: AgBy3i4OJSWK }
      A k8s/secret.yaml
        apiVersion: v1
        kind: Secret
        metadata: { name: db, namespace: shop }
        stringData:
      >   password: tr0ub4dor&3`,
    "what a store brought stands in base64": `
      M k8s/db.yaml
      - apiVersion: external-secrets.io/v1
      - kind: ExternalSecret
      - metadata: { name: db-sync, namespace: shop }
      - spec:
      -   target: { name: db }
      + apiVersion: v1
      + kind: Secret
      + metadata: { name: db, namespace: shop }
      + data:
      >   password: dHIwdWI0ZG9yJjM=`,
    "a Secret is sealed": `
      D k8s/secret.yaml
        apiVersion: v1
        kind: Secret
        metadata: { name: db }
        stringData: { password: tr0ub4dor&3 }
      A k8s/sealed.yaml
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata: { name: db }
        spec: { encryptedData: { password: AgBy3i4OJSWK } }`,
    "one store for another": `
      M k8s/db.yaml
      - apiVersion: bitnami.com/v1alpha1
      - kind: SealedSecret
      + apiVersion: external-secrets.io/v1
      + kind: ExternalSecret
        metadata: { name: db }
        spec: {}`,
    "a Secret that something else fills in": `
      M k8s/db.yaml
      - apiVersion: bitnami.com/v1alpha1
      - kind: SealedSecret
      - metadata: { name: db }
      - spec: { encryptedData: { password: AgBy3i4OJSWK } }
      + apiVersion: v1
      + kind: Secret
      + metadata: { name: db }
      + stringData: { password: "<path:kv/data/db#password>" }`,
    "a Secret of another name": `
      D k8s/sealed.yaml
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata: { name: old }
        spec: { encryptedData: { password: AgBy3i4OJSWK } }
      A k8s/secret.yaml
        apiVersion: v1
        kind: Secret
        metadata: { name: fresh }
        stringData: { mode: strict-mode }`,
  },
});

/**
 * Objects that make a Secret of what is kept elsewhere or sealed, and where they say its name. Source: the documentation of Sealed Secrets,
 * External Secrets, Vault Secrets Operator, 1Password Connect, Infisical, Doppler, akv2k8s, Bitwarden and sops-secrets-operator.
 */
const makers: Readonly<Record<string, readonly (readonly string[])[]>> = {
  SealedSecret: [["spec", "template", "metadata", "name"]],
  ExternalSecret: [["spec", "target", "name"]],
  VaultStaticSecret: [["spec", "destination", "name"]],
  VaultDynamicSecret: [["spec", "destination", "name"]],
  VaultPKISecret: [["spec", "destination", "name"]],
  OnePasswordItem: [],
  InfisicalSecret: [["spec", "managedSecretReference", "secretName"]],
  DopplerSecret: [["spec", "managedSecret", "name"]],
  AzureKeyVaultSecret: [["spec", "output", "secret", "name"]],
  BitwardenSecret: [["spec", "secretName"]],
  SopsSecret: [["spec", "secretTemplates", "0", "name"]],
};

/** Names of the Secrets that an object brings. */
function broughtBy({ kind, name, root }: KubernetesObject): readonly string[] {
  const paths = makers[kind];
  if (paths === undefined) return [];
  const named = paths.flatMap((path) => {
    const scalar = root.at(...path.map((step) => (/^\d+$/.test(step) ? Number(step) : step)))?.scalar;
    return typeof scalar === "string" ? [scalar] : [];
  });
  return named.length > 0 ? named : [name];
}

function isSameNamespace(a: KubernetesObject | undefined, b: KubernetesObject): boolean {
  return a?.namespace == null || b.namespace === null || a.namespace === b.namespace;
}

interface Clear {
  readonly name: string;
  readonly value: string;
  readonly at: Place;
  /** False where it may be a word as well, or is no text once it is decoded. */
  readonly certain: boolean;
}

function clearIn({ root }: KubernetesObject): readonly Clear[] {
  return ["data", "stringData"].flatMap((key) =>
    (root.at(key)?.entries() ?? []).flatMap(({ key: name, value: { scalar, place } }) => {
      const written = typeof scalar === "string" || typeof scalar === "number" ? String(scalar).trim() : "";
      const decoded = key === "data" ? printableBase64(written, 4096) : written;
      const value = (decoded ?? written).trim();
      if (value === "" || isReference(written) || isReference(value)) return [];
      const openness = opennessOf(value);
      return [
        { name, value, at: place, certain: decoded !== null && (openness === "drawn" || openness === "written") },
      ];
    }),
  );
}
