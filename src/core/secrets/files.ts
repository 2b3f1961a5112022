import { type Entry, entriesIn } from "./entries.ts";
import { saysSecret } from "./guesses.ts";
import { opennessOf } from "./openness.ts";
import { traitsOf } from "./paths.ts";

/** Files that are there to hold values for a program or for Terraform, and are kept out of repositories where those are secrets. */
export type SettingFile = "environment of a program" | "variables of Terraform";

/** Parts of a name that say that nothing in the file is in use, or that every machine has the same. */
const forShow =
  /(?:^|[._-])(?:examples?|samples?|templates?|tmpl|tpl|dist|defaults?|schema|tests?|ci|dev|development|docker|local-dev|mock|storybook)(?:[._-]|$)/;

/** What a file of this name is for; null for every other, and for those that are only for show. */
export function settingFileOf(path: string): SettingFile | null {
  const { name, invented } = traitsOf(path);
  if (invented || forShow.test(name)) return null;
  if (/^\.env(?:\.[\w.-]+)?$|^[\w.-]+\.env$|^\.envrc$/.test(name)) return "environment of a program";
  return /\.tfvars(?:\.json)?$/.test(name) ? "variables of Terraform" : null;
}

/** Values in clear under names that say secret, whatever their form. */
export function clearEntries(text: string): readonly Entry[] {
  return entriesIn(text).filter(({ name, value }) => {
    if (!saysSecret(name)) return false;
    const openness = opennessOf(value);
    return openness === "drawn" || openness === "written";
  });
}

/** How sure it is that a file holds keys, by its name alone, for content that cannot be read. */
export interface KeyFile {
  readonly what: string;
  readonly certain: boolean;
}

const keyFiles: readonly (readonly [RegExp, KeyFile])[] = [
  [/\.(?:p12|pfx)$/, { what: "a key store with private keys (PKCS #12)", certain: true }],
  [/\.kdbx?$/, { what: "a store of passwords (KeePass)", certain: true }],
  [/\.(?:jks|keystore|bcfks)$/, { what: "a key store of Java", certain: false }],
  [/^id_(?:rsa|dsa|ecdsa|ed25519)$/, { what: "a private key of SSH", certain: true }],
  [
    /^(?:\.netrc|_netrc|\.pgpass|\.git-credentials|\.vault-token|\.s3cfg|\.boto)$/,
    { what: "a file of logins", certain: false },
  ],
];
/** Certificates of others are public, and every machine that builds for Android has the same key to try things out. */
const publicStore = /trust|cacert|public|^debug\.keystore$/;

export function keyFileOf(path: string): KeyFile | null {
  const { name, invented } = traitsOf(path);
  const found = keyFiles.find(([pattern]) => pattern.test(name))?.[1];
  if (found === undefined || publicStore.test(name)) return null;
  return invented ? { ...found, certain: false } : found;
}
