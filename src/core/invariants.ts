/**
 * The promises that rules keep, in the order of the report. `sentence` is what the promise is called there. The policy sets a
 * level for each; these are the names it uses.
 */
export const invariants = {
  "values-stay-in-bounds": "Values stay in bounds",
  "production-is-unchanged": "Production is unchanged",
  "nothing-stateful-is-deleted": "Nothing stateful is deleted",
  "permissions-do-not-increase": "Permissions do not increase",
  "network-does-not-widen": "The network does not widen",
  "authentication-is-unchanged": "Authentication is unchanged",
  "no-secrets": "No secrets",
  "guardrails-are-untouched": "Guardrails are untouched",
  "migrations-are-safe": "Migrations are safe",
  "supply-chain-is-intact": "The supply chain is intact",
  "blast-radius-is-bounded": "The blast radius is bounded",
  "within-declared-plan": "Within the declared plan",
  "scanners-find-nothing-new": "Other scanners find nothing new",
  "outside-allowlist-needs-opt-in": "Outside the allowlist needs opt-in",
} as const;
export type InvariantId = keyof typeof invariants;
export const invariantIds = Object.keys(invariants) as readonly InvariantId[];

/** What this version looks at of a promise, where that is not all of it: that nothing was found is then no pass. */
export const examinedInPart: Readonly<Partial<Record<InvariantId, string>>> = {
  "nothing-stateful-is-deleted": "in Terraform, Kubernetes, migrations and commands that are known",
  "permissions-do-not-increase":
    "of AWS and Kubernetes; of Google Cloud and Azure in Terraform; of others only what lets anybody in; in SQL, grants and row security",
  "network-does-not-widen":
    "in Terraform; in Kubernetes, network policies, services, what leads to them from outside, and the mesh",
  "authentication-is-unchanged": "only switches of encryption, verification and authentication in configuration",
  "no-secrets": "in files of up to 1 MiB, by known forms and telling names; not in archives, or in what is encrypted",
  "migrations-are-safe": "in SQL, Rails, Django and Alembic; in Terraform, versions of databases",
  "supply-chain-is-intact":
    "in Terraform, images in manifests and Dockerfiles, and the lockfiles and settings of package managers that are known",
};
