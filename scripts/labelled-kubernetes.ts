import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseAllDocuments, parseDocument } from "yaml";
import { loadSyntax } from "../src/adapters/syntax/load.ts";
import type { ChangeSet, FileVersion } from "../src/core/change/change-set.ts";
import { ruleContext } from "../src/core/evaluate/rule-context.ts";
import { computeKinds } from "../src/core/kinds/kinds.ts";
import { strictDefault } from "../src/core/policy/merge.ts";
import { computeReach } from "../src/core/reach/compute.ts";
import { rules } from "../src/core/rules/index.ts";
import { buildViews } from "../src/core/views/views.ts";
import { sha256 } from "../src/lib/digest.ts";

/**
 * Judges manifests that are labelled by object as changes: every object that a scanner reports is paired with the most similar one
 * of its kind that the scanner accepts, under the same names. `node scripts/labelled-kubernetes.ts FOLDER [--show]`, where FOLDER
 * holds one file a rule; accepted objects are called `dont-fire`.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { show: { type: "boolean", default: false } },
});
const [root] = positionals;
if (root === undefined) throw new Error("Cannot judge labelled manifests: name the folder that holds them.");
const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };
const policy = strictDefault();
const judging = rules.filter(({ needs }) => needs === "kubernetes");

interface Labelled {
  readonly kind: string;
  readonly name: string;
  readonly text: string;
}

/** The objects of a file, one text each. */
function objectsIn(text: string): readonly Labelled[] {
  return parseAllDocuments(text).flatMap((document) => {
    const kind = document.getIn(["kind"]);
    const name = document.getIn(["metadata", "name"]);
    return typeof kind === "string" && typeof name === "string" ? [{ kind, name, text: document.toString() }] : [];
  });
}

/** The object under other names: its own, and those of its containers, which the labels differ by. */
function renamed({ text }: Labelled, like: Labelled): string {
  const [document, model] = [parseDocument(text), parseDocument(like.text)];
  document.setIn(["metadata"], model.getIn(["metadata"]));
  const containers = ["spec", "template", "spec", "containers"];
  for (let index = 0; document.hasIn([...containers, index]); index++) {
    const name = model.getIn([...containers, index, "name"]);
    if (name !== undefined) document.setIn([...containers, index, "name"], name);
  }
  return document.toString();
}

function versionOf(text: string): FileVersion {
  return { mode: "100644", sha: sha256(text).slice(0, 40), content: { kind: "text", text } };
}

/** What the rules say of a change of one file, as `rule: message`. */
function said(before: string | null, after: string | null): readonly string[] {
  const sides = {
    before: before === null ? null : versionOf(before),
    after: after === null ? null : versionOf(after),
  };
  const status = before === null ? "added" : "modified";
  const change: ChangeSet = { files: [{ path: "k8s/production/app.yaml", status, ...sides }] };
  const { views, gaps } = buildViews(change, tools);
  const reach = computeReach(change, views, policy, { owner: "acme", name: "infra", baseRef: "main" }, tools.memo);
  const formerly = () => ({ of: () => [], unknown: () => null });
  const kinds = computeKinds(change, views, policy.stateful);
  const context = ruleContext(
    policy,
    reach,
    "main",
    { plan: null, kinds, formerly, scanned: [], advised: [], secrets: views.secrets.secrets },
    views.kubernetes.objects,
  );
  return [
    ...gaps.map(({ reason }) => `gap: ${reason}`),
    ...judging.flatMap((rule) =>
      rule
        .observe(views, {}, context)
        .map((one) => `${rule.id}: ${"message" in one ? one.message : `? ${one.undecided}`}`),
    ),
  ];
}

function likeness(a: string, b: string): number {
  const [ours, theirs] = [a, b].map((text) => new Set(text.split("\n").map((line) => line.trim())));
  if (ours === undefined || theirs === undefined) return 0;
  return [...ours].filter((line) => theirs.has(line)).length / Math.max(ours.size, theirs.size);
}

process.stdout.write(
  "| rule | pairs | good → bad reported | bad → good silent | without a good one: reported as new |\n",
);
for (const file of readdirSync(root)
  .filter((name) => /\.ya?ml$/u.test(name))
  .toSorted()) {
  const objects = objectsIn(readFileSync(join(root, file), "utf8"));
  const accepted = objects.filter(({ name }) => name.startsWith("dont-fire"));
  const counts = { pairs: 0, reported: 0, silent: 0, alone: 0, aloneReported: 0 };
  for (const bad of objects.filter(({ name }) => !name.startsWith("dont-fire"))) {
    const candidates = accepted.filter(({ kind }) => kind === bad.kind).map((good) => renamed(good, bad));
    const [good] = candidates.toSorted((a, b) => likeness(b, bad.text) - likeness(a, bad.text));
    const [there, back] =
      good === undefined ? [said(null, bad.text), []] : [said(good, bad.text), said(bad.text, good)];
    const tell = (what: string, lines: readonly string[]): void => {
      if (values.show)
        process.stdout.write(`${what} ${file} ${bad.name}\n${lines.map((line) => `    ${line}\n`).join("")}`);
    };
    if (good === undefined) {
      counts.alone++;
      if (there.length > 0) counts.aloneReported++;
      tell("new", there);
      continue;
    }
    counts.pairs++;
    if (there.length > 0) counts.reported++;
    if (back.length === 0) counts.silent++;
    tell("there", there);
    if (back.length > 0) tell("BACK", back);
  }
  const { pairs, reported, silent, alone, aloneReported } = counts;
  process.stdout.write(
    `| ${file.replace(/\.ya?ml$/u, "")} | ${pairs} | ${reported} | ${silent} | ${aloneReported} of ${alone} |\n`,
  );
}
