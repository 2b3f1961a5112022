import { z } from "zod";
import type { ChangedFile } from "../../change/change-set.ts";
import { placeOf } from "../../change/hunks.ts";
import { defineRule } from "../../rule.ts";
import { encryptedNames, type Encryption, encryptionOf, type Opened, openedIn } from "../../secrets/encryption.ts";
import { traitsOf } from "../../secrets/paths.ts";
import { formerOf, textIn } from "../../secrets/texts.ts";
import { inCode } from "../../terraform/telling.ts";

export default defineRule({
  id: "secret-encryption-lost",
  invariant: "no-secrets",
  severity: "critical",
  confidence: "high",
  summary: "A file that was encrypted, or values in it, stand in the repository in clear.",
  why: "Everybody who can read the repository has what was encrypted, in its history for good. It mostly happens when a file is decrypted to be edited and committed as it is.",
  remedy:
    "Take the commit out of the branch's history, encrypt the file again, and replace what stood in it: it counts as known.",
  needs: "paths",
  options: z.strictObject({}),
  *detect({ files }) {
    for (const file of files) {
      if (file.after === null) continue;
      const former = formerOf(file, files);
      const after = textIn(file.after);
      const before = textIn(former);
      const { invented } = traitsOf(file.path);
      if (after === null) {
        const was = before === null ? null : encryptionOf(before);
        if (was !== null && file.after.content.kind === "unread") {
          yield { at: placeOf(file), undecided: `whether ${inCode(file.path)} is still encrypted` };
        }
        continue;
      }
      const lost = before === null ? fromBinary(file, after) : lostIn(before, after);
      const renamed = lost ?? openedElsewhere(file, after, files);
      if (renamed === null) continue;
      const [first] = renamed.opened;
      yield {
        at: first === undefined ? placeOf(file) : { path: file.path, side: "head", line: first.line },
        about: file.path,
        message: `${inCode(file.path)} ${renamed.was}${namesOf(renamed.opened)}`,
        ...(renamed.certain && !invented ? {} : { asks: true as const }),
      };
    }
  },
  examples: {
    "a file of SOPS is committed decrypted": `
      M secrets/prod.yaml
      - db_password: ENC[AES256_GCM,data:x9f2,iv:a,tag:b,type:str]
      - db_user: ENC[AES256_GCM,data:aa,iv:a,tag:b,type:str]
      - sops:
      -   mac: ENC[AES256_GCM,data:zz,iv:a,tag:b,type:str]
      -   version: 3.9.0
      > db_password: tr0ub4dor&3
      + db_user: shop`,
    "one value of it": `
      M secrets/prod.json
        {
          "user": "ENC[AES256_GCM,data:aa,iv:a,tag:b,type:str]",
      -   "api_key": "ENC[AES256_GCM,data:x9f2,iv:a,tag:b,type:str]",
      >   "api_key": "tr0ub4dor-9-horse",
          "sops": { "mac": "ENC[AES256_GCM,data:zz,iv:a,tag:b,type:str]" }
        }`,
    "the decrypted file stands beside where the encrypted one stood": `
      D secrets/prod.enc.yaml
        db_password: ENC[AES256_GCM,data:x9f2,iv:a,tag:b,type:str]
        sops:
          mac: ENC[AES256_GCM,data:zz,iv:a,tag:b,type:str]
      A secrets/prod.yaml
      > db_password: tr0ub4dor&3`,
    "a vault of Ansible": `
      M group_vars/all/vault.yml
      - $ANSIBLE_VAULT;1.1;AES256
      - 62313365396662343061393464336163
      > db_password: tr0ub4dor&3`,
    "a file is encrypted": `
      M secrets/prod.yaml
      - db_password: tr0ub4dor&3
      + db_password: ENC[AES256_GCM,data:x9f2,iv:a,tag:b,type:str]
      + sops:
      +   mac: ENC[AES256_GCM,data:zz,iv:a,tag:b,type:str]`,
    "an encrypted value goes": `
      M secrets/prod.yaml
        db_password: ENC[AES256_GCM,data:x9f2,iv:a,tag:b,type:str]
      - old_key: ENC[AES256_GCM,data:x9f2,iv:a,tag:b,type:str]
        sops:
      -   mac: ENC[AES256_GCM,data:zz,iv:a,tag:b,type:str]
      +   mac: ENC[AES256_GCM,data:yy,iv:a,tag:b,type:str]`,
    "the secret is kept elsewhere now": `
      M secrets/prod.yaml
      - db_password: ENC[AES256_GCM,data:x9f2,iv:a,tag:b,type:str]
      - sops:
      -   mac: ENC[AES256_GCM,data:zz,iv:a,tag:b,type:str]
      + db_password: vault:kv/db#password`,
    "one tool for another": `
      M secrets/prod.yaml
      - db_password: ENC[AES256_GCM,data:x9f2,iv:a,tag:b,type:str]
      - sops:
      -   mac: ENC[AES256_GCM,data:zz,iv:a,tag:b,type:str]
      + $ANSIBLE_VAULT;1.1;AES256
      + 62313365396662343061393464336163`,
    "what was never encrypted is edited": `
      M secrets/prod.yaml
        db_password: ENC[AES256_GCM,data:x9f2,iv:a,tag:b,type:str]
      - log_level: info
      + log_level: debug
        sops:
          unencrypted_suffix: _level`,
  },
});

interface Lost {
  readonly was: string;
  readonly opened: readonly Opened[];
  readonly certain: boolean;
}

function lostIn(before: string, after: string): Lost | null {
  const was = encryptionOf(before);
  const is = encryptionOf(after);
  const names = encryptedNames(before);
  const opened = openedIn(after, names);
  if (was === null && names.size === 0) return null;
  const certain = opened.some((one) => one.certain);
  if (is !== null && is !== was) return null;
  if (is === was) {
    return opened.length === 0 ? null : { was: "holds values in clear that were encrypted", opened, certain };
  }
  const text = after.trim();
  if (text === "" || was === null) return null;
  // Of what was encrypted as a whole nobody can say what it held; of values, only those that stand here still were opened.
  if (was !== "SOPS") return { was: `was encrypted (${was}) and is plain text now`, opened, certain: true };
  if (opened.length === 0) return null;
  return { was: `was encrypted (${was}) and is plain text now`, opened, certain };
}

const textual = /\.(?:env|ya?ml|json|toml|ini|conf|cfg|properties|tfvars|txt|pem|key|sh)$|(?:^|\/)\.env[^/]*$/iu;

/** Whatever could not be read before: git-crypt encrypts files in their place. */
function fromBinary({ path, before }: ChangedFile, after: string): Lost | null {
  if (before?.content.kind !== "binary" || after.trim() === "" || encryptionOf(after) !== null) return null;
  if (!textual.test(path)) return null;
  return { was: "held bytes, as an encrypted file does, and is plain text now", opened: [], certain: false };
}

/** An encrypted file that the change removes, of whose values most stand in clear in this one. */
function openedElsewhere(file: ChangedFile, after: string, files: readonly ChangedFile[]): Lost | null {
  if (file.before !== null) return null;
  for (const gone of files) {
    const text = gone.after === null ? textIn(gone.before) : null;
    const was: Encryption | null = text === null ? null : encryptionOf(text);
    if (text === null || was !== "SOPS") continue;
    const names = encryptedNames(text);
    const opened = openedIn(after, names);
    if (opened.length * 2 < names.size || opened.length === 0) continue;
    return {
      was: `holds in clear what ${inCode(gone.path)} held encrypted (${was})`,
      opened,
      certain: opened.some((one) => one.certain),
    };
  }
  return null;
}

const namesShown = 5;

function namesOf(opened: readonly Opened[]): string {
  if (opened.length === 0) return "";
  const shown = opened.slice(0, namesShown).map(({ name }) => inCode(name));
  const more = opened.length - shown.length;
  return `: ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
