import { z } from "zod";
import type { ChangedFile, Place } from "../../change/change-set.ts";
import { placeOf } from "../../change/hunks.ts";
import { defineRule, type Observation } from "../../rule.ts";
import { alternatives, type CreationRule, creationRules } from "../../secrets/sops-rules.ts";
import { formerOf, textIn } from "../../secrets/texts.ts";
import { inCode } from "../../terraform/telling.ts";

export default defineRule({
  id: "secret-encryption-narrowed",
  invariant: "no-secrets",
  severity: "high",
  confidence: "medium",
  summary: "Fewer files or values are to be encrypted than before, or one more key can decrypt them.",
  why: "What is written next under the rule that went is committed in clear, and nothing complains; a key that is added can read everything that is encrypted from then on.",
  remedy:
    "Keep the rule, or show that nothing secret is under it any more; say whose a new key is and why it has to read these files.",
  needs: "paths",
  options: z.strictObject({}),
  *detect({ files }) {
    for (const file of files) {
      if (/(?:^|\/)\.sops\.ya?ml$/.test(file.path)) yield* sops(file, files);
      if (/(?:^|\/)\.gitattributes$/.test(file.path)) yield* gitCrypt(file, files);
    }
  },
  examples: {
    "one more key can decrypt": `
      M .sops.yaml
        creation_rules:
          - path_regex: secrets/.*
            age:
              - age1aaa
      >       - age1bbb`,
    "a folder is no longer encrypted": `
      M .sops.yaml
        creation_rules:
      <   - path_regex: secrets/prod/.*
      -     age: age1aaa
          - path_regex: secrets/test/.*
            age: age1aaa`,
    "fewer values are": `
      M .sops.yaml
        creation_rules:
          - path_regex: k8s/.*
      -     encrypted_regex: ^(data|stringData)$
      >     encrypted_regex: ^(stringData)$
            age: age1aaa`,
    "values of some names stay in clear": `
      M .sops.yaml
        creation_rules:
          - path_regex: k8s/.*
      >     unencrypted_regex: ^(password)$
            age: age1aaa`,
    "git-crypt leaves a folder out": `
      M .gitattributes
        *.png binary
      < secrets/** filter=git-crypt diff=git-crypt`,
    "one key less": `
      M .sops.yaml
        creation_rules:
          - path_regex: secrets/.*
      -     age: age1aaa,age1bbb
      +     age: age1bbb`,
    "one more folder, for the same keys": `
      M .sops.yaml
        creation_rules:
          - path_regex: secrets/.*
            age: age1aaa
      +   - path_regex: more/.*
      +     age: age1aaa`,
    "more values are": `
      M .sops.yaml
        creation_rules:
          - path_regex: k8s/.*
      -     encrypted_regex: ^(data)$
      +     encrypted_regex: ^(data|stringData)$
            age: age1aaa`,
    "a wider pattern takes its place": `
      M .sops.yaml
        creation_rules:
      -   - path_regex: secrets/prod/.*
      -     age: age1aaa
      -   - path_regex: secrets/test/.*
      +   - path_regex: secrets/.*
            age: age1aaa`,
    "git-crypt takes in more": `
      M .gitattributes
      - secrets/** filter=git-crypt diff=git-crypt
      + secrets/** filter=git-crypt diff=git-crypt
      + keys/** filter=git-crypt diff=git-crypt`,
    "a new file of rules": `
      A .sops.yaml
        creation_rules:
          - path_regex: secrets/.*
            age: age1aaa`,
  },
});

function* sops(file: ChangedFile, files: readonly ChangedFile[]): Iterable<Observation> {
  const before = textIn(formerOf(file, files));
  if (before === null) return;
  const was = creationRules(before);
  const after = textIn(file.after);
  const is = after === null ? null : creationRules(after);
  if (is?.ok === false || (file.after !== null && after === null)) {
    const line = is?.ok === false ? is.line : 1;
    yield { at: { path: file.path, side: "head", line }, undecided: `what ${inCode(file.path)} still encrypts` };
    return;
  }
  // What could not be read before held nobody to anything: what stands here now is the first that counts.
  if (!was.ok) return;
  const rules = is === null ? [] : is.rules;
  yield* recipientsAdded(file, was.rules, rules);
  for (const rule of was.rules) {
    const same = rules.find(({ path }) => path === rule.path);
    if (same !== undefined) yield* scopeNarrowed(file, rule, same);
    else if (!rules.some(({ path }) => isWider(path, rule.path))) {
      const pattern = rule.path === "" ? "every file" : `files like ${inCode(rule.path)}`;
      const at: Place = { path: file.path, side: "base", line: rule.line };
      yield sighting(file, at, `rule ${rule.path}`, `no rule encrypts ${pattern} any more`);
    }
  }
}

function* recipientsAdded(
  file: ChangedFile,
  was: readonly CreationRule[],
  is: readonly CreationRule[],
): Iterable<Observation> {
  const known = new Set(was.flatMap(({ recipients }) => recipients.map(({ recipient }) => recipient)));
  for (const { recipient, line } of is.flatMap(({ recipients }) => recipients)) {
    if (known.has(recipient)) continue;
    known.add(recipient);
    const at: Place = { path: file.path, side: "head", line };
    yield sighting(file, at, `key ${recipient}`, `one more key can decrypt: ${inCode(recipient.slice(0, 120))}`);
  }
}

function* scopeNarrowed(file: ChangedFile, was: CreationRule, is: CreationRule): Iterable<Observation> {
  for (const { key, text, line } of is.scope) {
    const former = was.scope.find((one) => one.key === key)?.text;
    if (former === text || !isNarrower(key, former, text)) continue;
    const at: Place = { path: file.path, side: "head", line };
    const from = former === undefined ? "was not set" : `was ${inCode(former)}`;
    yield sighting(
      file,
      at,
      `${is.path} ${key}`,
      `${inCode(key)} ${from} and is ${inCode(text)}: fewer values are encrypted`,
    );
  }
}

/** `encrypted_*` names what is encrypted, and without it everything is; `unencrypted_*` names what is not. */
function isNarrower(key: string, was: string | undefined, is: string): boolean {
  if (was === undefined) return true;
  const [before, after] = [alternatives(was), alternatives(is)];
  if (before === null || after === null) return true;
  return key.startsWith("un")
    ? [...after].some((word) => !before.has(word))
    : [...before].some((word) => !after.has(word));
}

/** Whether a pattern names at least what another one does, as far as their text shows it: `secrets/.*` and `secrets/prod/.*`. */
function isWider(pattern: string, than: string): boolean {
  const stem = pattern.replace(/^\^/, "").replace(/\.\*\$?$/, "");
  return stem.length < pattern.length || pattern === "" ? than.replace(/^\^/, "").startsWith(stem) : false;
}

const encryptedBy = /^\s*(\S+)\s.*\bfilter=git-crypt/;

function* gitCrypt(file: ChangedFile, files: readonly ChangedFile[]): Iterable<Observation> {
  const [before, after] = [textIn(formerOf(file, files)), textIn(file.after)];
  if (before === null) return;
  if (file.after !== null && after === null) {
    yield { at: placeOf(file), undecided: `what ${inCode(file.path)} still encrypts` };
    return;
  }
  const patternsIn = (text: string): readonly (string | undefined)[] =>
    text.split("\n").map((line) => encryptedBy.exec(line)?.[1]);
  const still = new Set(patternsIn(after ?? ""));
  for (const [index, pattern] of patternsIn(before).entries()) {
    if (pattern === undefined || still.has(pattern)) continue;
    const at: Place =
      file.before === null
        ? { path: file.path, side: "head", line: 1 }
        : { path: file.path, side: "base", line: index + 1 };
    yield sighting(file, at, `git-crypt ${pattern}`, `git-crypt no longer encrypts ${inCode(pattern)}`);
  }
}

function sighting({ path }: ChangedFile, at: Place, about: string, message: string): Observation {
  return { at, about: `${path}#${about}`, message, asks: true };
}
