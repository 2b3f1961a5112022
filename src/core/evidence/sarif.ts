import { z } from "zod";
import { shorten, visible } from "../../lib/text.ts";

/** How bad a scanner calls what it found, in SARIF's words. */
export const scannerLevels = ["error", "warning", "note"] as const;
export type ScannerLevel = (typeof scannerLevels)[number];

/** What another scanner found: its words, on one line, without characters that show nothing. */
export interface ScannerResult {
  readonly tool: string;
  /** As the scanner names it: `AVD-AWS-0086`. */
  readonly rule: string;
  readonly level: ScannerLevel;
  readonly message: string;
  /** Relative to where the scanner ran; with a slash before it, from the root of its machine. */
  readonly path: string;
  /** Lines count from 1. Null: it is about the file as a whole. */
  readonly lines: { readonly first: number; readonly last: number } | null;
}

export interface ScannerReport {
  readonly tools: readonly string[];
  readonly results: readonly ScannerResult[];
  /** Results that name no file. They cannot be told to be about a change. */
  readonly unplaced: number;
}

/** `because` is a clause for whoever sent it; nothing of what was sent is in it. */
export type ReadSarif =
  | { readonly kind: "report"; readonly report: ScannerReport }
  | { readonly kind: "unreadable"; readonly because: string };

const runsMost = 50;
/** More is no list that anybody reads, and as much as a head may bring. */
const resultsMost = 10_000;
const rulesMost = 20_000;
const nameMost = 100;
const messageMost = 300;
const pathMost = 1_000;
const lineMost = 10_000_000;

/** Whether a result holds is said by `kind`; how bad it is, by `level`. Those that are no defects have the level `none`. */
const level = z.enum(["none", "note", "warning", "error"]);
const text = z.looseObject({ text: z.string().optional(), markdown: z.string().optional(), id: z.string().optional() });
const index = z.int().min(-1);
const rule = z.looseObject({
  id: z.string(),
  shortDescription: text.optional(),
  messageStrings: z.record(z.string(), text).optional(),
  defaultConfiguration: z.looseObject({ level: level.optional() }).optional(),
});
const artifact = z.looseObject({ uri: z.string().optional(), index: index.optional() });
const line = z.int().min(0).max(lineMost);
const physical = z.looseObject({
  artifactLocation: artifact.optional(),
  region: z.looseObject({ startLine: line.optional(), endLine: line.optional() }).optional(),
});
const result = z.looseObject({
  ruleId: z.string().optional(),
  ruleIndex: index.optional(),
  rule: z.looseObject({ id: z.string().optional(), index: index.optional() }).optional(),
  kind: z.enum(["notApplicable", "pass", "fail", "review", "open", "informational"]).optional(),
  level: level.optional(),
  message: text,
  locations: z.array(z.looseObject({ physicalLocation: physical.optional() })).optional(),
  suppressions: z.array(z.looseObject({ status: z.string().optional() })).nullish(),
  baselineState: z.string().optional(),
});
const run = z.looseObject({
  tool: z.looseObject({
    driver: z.looseObject({ name: z.string().min(1), rules: z.array(rule).max(rulesMost).optional() }),
  }),
  invocations: z.array(z.looseObject({ executionSuccessful: z.boolean().optional() })).optional(),
  artifacts: z.array(z.looseObject({ location: artifact.optional() })).optional(),
  results: z.array(result).max(resultsMost).nullish(),
});
const log = z.looseObject({ version: z.literal("2.1.0"), runs: z.array(run).max(runsMost) });

type Run = z.infer<typeof run>;
type Result = z.infer<typeof result>;

/**
 * Reads what a scanner found, from SARIF 2.1.0. What is suppressed, passed or does not apply is no finding. A scanner that says that it
 * failed has not looked at everything, so nothing of it is read.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function readSarif(json: string): ReadSarif {
  const parsed = log.safeParse(parse(json));
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    const at = first?.path.map((part) => (typeof part === "number" ? "[]" : String(part))).join(".") ?? "";
    return unreadable(`it is no SARIF 2.1.0 that is understood: ${at === "" ? "the document" : `\`${at}\``}`);
  }
  const { runs } = parsed.data;
  if (runs.some(({ invocations = [] }) => invocations.some((one) => one.executionSuccessful === false)))
    return unreadable("the scanner says that it failed (`executionSuccessful`)");
  if (runs.reduce((sum, one) => sum + (one.results?.length ?? 0), 0) > resultsMost)
    return unreadable(`it has more than ${resultsMost} results`);
  const read = runs.flatMap((one) => resultsOf(one));
  const results = read.filter((one) => one.path !== "");
  const tools = [...new Set(runs.map(toolOf))];
  return { kind: "report", report: { tools, results, unplaced: read.length - results.length } };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // What is no JSON is no log either, and is told as such.
    return undefined;
  }
}

function toolOf({ tool }: Run): string {
  return plain(tool.driver.name, nameMost);
}

function resultsOf(one: Run): readonly ScannerResult[] {
  const { rules = [] } = one.tool.driver;
  const byId = new Map(rules.map((each) => [each.id, each]));
  const tool = toolOf(one);
  return (one.results ?? []).flatMap((each): readonly ScannerResult[] => {
    if (!holds(each)) return [];
    const byIndex = rules[each.ruleIndex ?? each.rule?.index ?? -1];
    const id = each.ruleId ?? each.rule?.id ?? byIndex?.id ?? "";
    const known = byId.get(id) ?? byIndex;
    const found = each.level ?? known?.defaultConfiguration?.level ?? "warning";
    // An open question is none that blocks.
    const said = each.kind === "review" || each.kind === "open" || found === "none" ? "note" : found;
    const message = messageOf(each, known);
    return [{ tool, rule: plain(id, nameMost), level: said, message, ...placeOf(each, one) }];
  });
}

function holds({ kind = "fail", suppressions, baselineState, level: said }: Result): boolean {
  if (kind === "pass" || kind === "notApplicable" || kind === "informational") return false;
  if (kind === "fail" && said === "none") return false;
  if (baselineState === "absent") return false;
  return !(suppressions ?? []).some(({ status = "accepted" }) => status === "accepted");
}

function messageOf({ message }: Result, known: z.infer<typeof rule> | undefined): string {
  const byId = message.id === undefined ? undefined : known?.messageStrings?.[message.id];
  const said = message.text ?? message.markdown ?? byId?.text ?? known?.shortDescription?.text ?? "";
  return plain(said, messageMost);
}

function placeOf({ locations = [] }: Result, { artifacts = [] }: Run): Pick<ScannerResult, "path" | "lines"> {
  const at = locations[0]?.physicalLocation;
  const location = at?.artifactLocation;
  const uri = location?.uri ?? artifacts[location?.index ?? -1]?.location?.uri ?? "";
  const first = at?.region?.startLine ?? 0;
  const last = Math.max(first, at?.region?.endLine ?? first);
  return { path: pathOf(uri), lines: first > 0 ? { first, last } : null };
}

/** The path of an address as scanners write it: relative, or of a file on their machine. Empty: it is no path. */
function pathOf(uri: string): string {
  if (uri.length > pathMost) return "";
  const bare = uri.replace(/^file:\/\/[^/]*/u, "").replaceAll("\\", "/");
  if (/^[A-Za-z][A-Za-z0-9+.-]+:/u.test(bare)) return "";
  const parts = decoded(bare).split("/");
  const kept = parts.filter((part, position) => part !== "." && (part !== "" || position === 0));
  return kept.includes("..") ? "" : kept.join("/");
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    // Some scanners write paths as they are, percent signs included.
    return uri;
  }
}

function plain(written: string, most: number): string {
  return shorten(visible(written.replaceAll(/\s+/gu, " ").trim()), most);
}

function unreadable(because: string): ReadSarif {
  return { kind: "unreadable", because };
}
