import { entriesIn } from "./entries.ts";
import { opennessOf } from "./openness.ts";
import { referenceOf } from "./references.ts";

/** How a text, or values in it, are encrypted. */
export type Encryption = "SOPS" | "ansible-vault" | "age" | "OpenPGP" | "a sealed secret";

/** Source: getsops.io/docs, docs.ansible.com "Ansible Vault", age-encryption.org/v1, RFC 9580 section 6. */
const whole: readonly (readonly [Encryption, RegExp])[] = [
  ["SOPS", /^["']?sops["']?\s{0,4}:|^\s{0,8}"sops"\s{0,4}:|^sops_(?:mac|version|lastmodified)\s{0,4}=|^\[sops\]/m],
  ["ansible-vault", /^\$ANSIBLE_VAULT;/m],
  ["age", /^(?:-----BEGIN AGE ENCRYPTED FILE-----|age-encryption\.org\/v1)/m],
  ["OpenPGP", /^-----BEGIN PGP MESSAGE-----/m],
];
/** Comments may stand in front of what is encrypted; further down it is an example in a text. */
const topLength = 400;
/** A value that is encrypted by itself. */
const sealedValue = /ENC\[|^!vault\b|\$ANSIBLE_VAULT;|^EJ\[\d/;

export function isSealed(value: string): boolean {
  return sealedValue.test(value);
}

/** How a whole file is encrypted, or says it is; null for plain text. */
export function encryptionOf(text: string): Encryption | null {
  const top = text.slice(0, topLength);
  return whole.find(([kind, mark]) => mark.test(kind === "SOPS" ? text : top))?.[0] ?? null;
}

/** Names of the values that are encrypted one by one. */
export function encryptedNames(text: string): ReadonlySet<string> {
  return new Set(entriesIn(text).flatMap(({ name, value }) => (isSealed(value) ? [name] : [])));
}

/** A value in clear, and whether it is certain to be more than a word. */
export interface Opened {
  readonly name: string;
  readonly line: number;
  readonly certain: boolean;
}

/** Of these names, those that stand in clear in a text: with a literal, and no longer encrypted anywhere in it. */
export function openedIn(text: string, names: ReadonlySet<string>): readonly Opened[] {
  const entries = entriesIn(text);
  const sealed = encryptedNames(text);
  return entries.flatMap(({ name, value, line }) => {
    if (!names.has(name) || sealed.has(name) || value === "" || referenceOf(value) !== null) return [];
    if (/^[|>][+-]?$/.test(value)) return [{ name, line, certain: true }];
    const openness = opennessOf(value);
    return [{ name, line, certain: openness === "drawn" || openness === "written" }];
  });
}
