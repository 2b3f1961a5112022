import type { Place } from "../change/change-set.ts";
import { codeOf } from "./code.ts";
import { secretsIn } from "./expressions.ts";
import type { Job, Step, Workflow } from "./model.ts";
import { inOrder } from "./script-patterns.ts";

/** A line of a script that handles secrets, with what it names of them. */
export interface SecretLine {
  readonly job: string;
  readonly text: string;
  /** The text with `secretMark` for every mention of a secret. */
  readonly marked: string;
  readonly at: Place;
  /** Names of the secrets on the line itself, as an expression or by way of a variable; `*` for all of them. */
  readonly secrets: readonly string[];
  /** Names of the secrets in the environment of the step, on the line or not. */
  readonly around: readonly string[];
}

/** Stands for a mention of a secret; for private use, so that no script means anything by it. */
export const secretMark = "\u{E000}";

/** Every line of the scripts of steps that hold a secret. */
export function secretLines(workflow: Workflow): readonly SecretLine[] {
  return workflow.jobs.flatMap((job) => job.steps.flatMap((step) => linesOf(workflow, job, step)));
}

function linesOf({ env }: Workflow, job: Job, step: Step): readonly SecretLine[] {
  const variables = variablesOf([...env, ...job.env, ...step.env]);
  const lines = codeOf(step);
  const around = [...new Set([...variables.values()].flat())];
  return lines.flatMap(({ text, at }) => {
    const shown = text.replaceAll(secretMark, "");
    const secrets = [...new Set([...secretsIn(shown), ...namedIn(shown, variables)])];
    const marked = markedIn(shown, variables);
    return secrets.length + around.length === 0 ? [] : [{ job: job.id, text: shown, marked, at, secrets, around }];
  });
}

function variablesOf(env: Step["env"]): ReadonlyMap<string, readonly string[]> {
  return new Map(env.map(({ key, text }) => [key, secretsIn(text)] as const).filter(([, names]) => names.length > 0));
}

/** `$NAME`, `${NAME}`, `$env:NAME`, `%NAME%`, `process.env.NAME`, `${{ env.NAME }}`. */
const mention = /\$(?:env:)?\{?([A-Za-z_]\w*)|%([A-Za-z_]\w*)%|\benv\.([A-Za-z_]\w*)/g;

const mentionWhole = /\$(?:env:)?(?:\{([A-Za-z_]\w*)[^}]*\}|([A-Za-z_]\w*))/g;
const mentionBare = /\$(?:env:)?([A-Za-z_]\w*)/g;

function namedIn(text: string, variables: ReadonlyMap<string, readonly string[]>): readonly string[] {
  if (variables.size === 0) return [];
  return [...text.matchAll(mention)].flatMap(([, a, b, c]) => variables.get(a ?? b ?? c ?? "") ?? []);
}

function markedIn(text: string, variables: ReadonlyMap<string, readonly string[]>): string {
  const named = (found: string, a?: string, b?: string): string => {
    return variables.has(a ?? b ?? "") ? secretMark : found;
  };
  const plain = withoutExpressions(text, variables);
  // A brace that nothing closes would be looked for from every one that opens.
  const closed = plain.lastIndexOf("}") + 1;
  return plain.slice(0, closed).replaceAll(mentionWhole, named) + plain.slice(closed).replaceAll(mentionBare, named);
}

/** The text with the mark for every expression that mentions a secret. */
function withoutExpressions(text: string, variables: ReadonlyMap<string, readonly string[]>): string {
  const [first = "", ...opened] = text.split("${{");
  return opened.reduce((before, part) => {
    const end = part.indexOf("}}");
    const inner = end < 0 ? "" : `\${{${part.slice(0, end)}}}`;
    const isSecret = secretsIn(inner).length + namedIn(inner, variables).length > 0;
    return before + (isSecret ? secretMark + part.slice(end + 2) : `\${{${part}`);
  }, first);
}

/** Where the output of a line goes. */
export type Output =
  | { readonly kind: "log" }
  /** In a form that the log does not hide, since it only knows the secret as it is. */
  | { readonly kind: "log, in another form"; readonly by: string }
  | { readonly kind: "summary" | "output" }
  | { readonly kind: "file"; readonly path: string };

const prints =
  /(?:^|[\s;&|(])(?:echo|printf|print|Write-Host|Write-Output|tee|cat\s*<<<|console\.(?:log|info|error|debug)\(|core\.(?:info|notice|warning|error)\(|puts)(?:\s|$|\(|["'`])?/;
const encoders =
  /^(?:base64(?!\s+(?:-d|-D|--decode))|base32(?!\s+(?:-d|--decode))|xxd(?!\s+-r)|od|hexdump|rev|fold|sed\b|tr\b|cut\b|awk\b|gzip|openssl\s+(?:base64|enc)(?!.*\s-d\b))\b/;

/** Where a line that prints puts what it prints; null for a line that prints nothing, or hands it to a program. */
export function outputOf(text: string): Output | null {
  if (!prints.test(text)) return null;
  const redirected = /(?:^|[^0-9&>-])>{1,2}\s*["']?([^\s"'|;&)]+)/.exec(text)?.[1];
  if (redirected !== undefined || /\btee\b/.test(text)) {
    const target = redirected ?? /\btee\s+(?:-a\s+)?["']?([^\s"'|;&)]+)/.exec(text)?.[1] ?? "";
    if (/GITHUB_STEP_SUMMARY/.test(target)) return { kind: "summary" };
    if (/GITHUB_OUTPUT/.test(target)) return { kind: "output" };
    if (/GITHUB_(?:ENV|PATH)|^\/dev\/null$|^&/.test(target)) return null;
    if (/^\/dev\/(?:stdout|stderr|tty)$/.test(target)) return { kind: "log" };
    return redirected === undefined ? { kind: "log" } : { kind: "file", path: target };
  }
  if (/::set-output\b|core\.setOutput/.test(text)) return { kind: "output" };
  if (/::add-mask::/.test(text)) return null;
  const pipeline = text.split(/(?<!\|)\|(?!\|)/).map((part) => part.trim());
  if (pipeline.length === 1) return isCaptured(text) ? null : { kind: "log" };
  const last = pipeline.at(-1) ?? "";
  if (encoders.test(last) && !isCaptured(text))
    return { kind: "log, in another form", by: last.split(/\s/)[0] ?? last };
  return null;
}

/** What is printed goes into a variable, an argument or a condition. */
function isCaptured(text: string): boolean {
  const printing = /\b(?:echo|printf)\b/;
  if (text.split(")").some((part) => inOrder(part, /[$<]\(/, printing))) return true;
  return text
    .split("`")
    .slice(1)
    .some((part) => printing.test(part));
}

/** The whole environment, printed as it is. */
export function printsEnvironment(text: string): "as it is" | "in another form" | null {
  const code = text.trim().replace(/^(?:sudo|run:)\s+/, "");
  const found =
    /^(?:env|printenv|export(?:\s+-p)?|set|Get-ChildItem\s+env:|gci\s+env:|dir\s+env:)\s*(?:\|\s*(.*))?$/i.exec(code);
  if (found === null) return null;
  const piped = found[1];
  if (piped === undefined || /^(?:sort|cat|less|more)\b/.test(piped)) return "as it is";
  return encoders.test(piped) ? "in another form" : null;
}

export const traces = /^\s*(?:set\s+-(?:[a-wyz]*x[a-z]*)\b|set\s+-o\s+xtrace\b|(?:ba)?sh\s+-[a-wyz]*x\b)/;
