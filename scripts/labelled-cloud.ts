import { parseArgs } from "node:util";
import { ruleContext } from "../src/core/evaluate/rule-context.ts";
import { computeKinds } from "../src/core/kinds/kinds.ts";
import { strictDefault } from "../src/core/policy/merge.ts";
import { computeReach } from "../src/core/reach/compute.ts";
import { rules } from "../src/core/rules/index.ts";
import { buildViews } from "../src/core/views/views.ts";
import { changed, type LabelledPair, labelledPairs, loadTools, reordered } from "./labelled-pairs.ts";

/**
 * Judges labelled Terraform on permissions and exposure, check by check: from the good version to the bad one, back, and the bad one with
 * its blocks in another order. `node scripts/labelled-cloud.ts FOLDER [--show]`, where FOLDER holds pairs.jsonl, trivy-checks and checkov.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { show: { type: "boolean", default: false } },
});
const [root] = positionals;
if (root === undefined) throw new Error("Cannot judge labelled files: name the folder that holds pairs.jsonl.");
const tools = await loadTools();
const policy = strictDefault();

/** Checks of trivy on who holds what in Google Cloud and Azure, and on what anybody reaches in any cloud, by the folders of its files. */
const claimed =
  /\/(?:google\/iam\/(?!configure_audit|no_default_network)|azure\/authorization\/|\w+\/\w+\/(?:\w*no_public\w*|alb_not_public|no_excessive_port_access|disable_public_access|default_action_deny|specify_network_acl|limit_authorized_ips|enable_private_cluster|enable_master_networks|disable_rdp_from_internet|ssh_blocked_from_internet|sensitive_port_exposed_to_network|network_interface_public_ip|no_open_rdp_access|restrict_ssh_access|disable_allow_all_ports_firewall_rule|disable_port_range_rule|acl_no_public_read|block_public_\w+|ignore_public_acls|restrict_source_arn)\/)/u;
const claimedTopics = /^checkov (?:sg-open|s3-public|open-db)$/u;
const cloud = /"(?:aws|azurerm|azuread|google)_/u;
const judging = (id: string): boolean => /^(?:tf-(?:network|opened|public)-|gcp-|azure-|iam-)/u.test(id);

const pairs = labelledPairs(root, tools).filter(
  ({ name, topic, path, bad }) =>
    path.endsWith(".tf") &&
    cloud.test(bad) &&
    (topic.startsWith("checkov") ? claimedTopics.test(topic) : claimed.test(name)),
);

/** What the rules on permissions and exposure say of a change of one file, as `rule@line: message`. */
function said(
  path: string,
  before: string,
  after: string,
): { readonly findings: readonly string[]; readonly gaps: readonly string[] } {
  const change = changed(path, before, after);
  const { views, gaps } = buildViews(change, tools);
  const reach = computeReach(change, views, policy, { owner: "acme", name: "infra", baseRef: "main" }, tools.memo);
  const formerly = () => ({ of: () => [], unknown: () => null });
  const kinds = computeKinds(change, views, policy.stateful);
  const known = { plan: null, kinds, formerly, scanned: [], advised: [], secrets: [] };
  const context = ruleContext(policy, reach, "main", known, views.kubernetes.objects);
  const asked = rules.filter(({ id, needs }) => (needs === "resources" || needs === "iam") && judging(id));
  const seen = asked.flatMap((rule) => rule.observe(views, {}, context).map((one) => ({ rule: rule.id, one })));
  return {
    findings: seen.flatMap(({ rule, one }) => ("message" in one ? [`${rule}@${one.at.line}: ${one.message}`] : [])),
    gaps: [
      ...gaps.map(({ reason }) => reason),
      ...seen.flatMap(({ rule, one }) => ("message" in one ? [] : [`${rule}@${one.at.line}: ${one.undecided}`])),
    ],
  };
}

interface Counts {
  readonly pairs: number;
  readonly found: number;
  readonly undecided: number;
  readonly silent: number;
  readonly still: number;
}

function counted(all: readonly LabelledPair[]): Counts {
  const played = all.map((pair) => {
    const { name, path, good, bad } = pair;
    const [there, back, order] = [
      said(path, good, bad),
      said(path, bad, good),
      said(path, bad, reordered(pair, tools)),
    ];
    const quiet = ({ findings, gaps }: ReturnType<typeof said>): boolean => findings.length + gaps.length === 0;
    const tell = (what: string, { findings, gaps }: ReturnType<typeof said>): void => {
      if (values.show)
        process.stdout.write(`${what}  ${name}\n${[...findings, ...gaps].map((one) => `    ${one}\n`).join("")}`);
    };
    if (there.findings.length === 0) tell("missed   ", there);
    if (!quiet(back)) tell("backwards", back);
    if (!quiet(order)) tell("reordered", order);
    return {
      found: there.findings.length > 0,
      undecided: there.gaps.length > 0,
      silent: quiet(back),
      still: quiet(order),
    };
  });
  return {
    pairs: played.length,
    found: played.filter(({ found }) => found).length,
    undecided: played.filter(({ found, undecided }) => !found && undecided).length,
    silent: played.filter(({ silent }) => silent).length,
    still: played.filter(({ still }) => still).length,
  };
}

process.stdout.write("| check | pairs | good → bad reported | as a gap | bad → good silent | reordered silent |\n");
const byCheck = Map.groupBy(pairs, ({ rule }) => rule);
for (const [check, all] of [...byCheck].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
  const { pairs: count, found, undecided, silent, still } = counted(all);
  process.stdout.write(`| ${check} | ${count} | ${found} | ${undecided} | ${silent} | ${still} |\n`);
}
