import type { HclExpression, HclValue } from "../../../hcl.ts";
import { spend } from "../rounds.ts";
import type { Scope } from "../scope.ts";
import { asText, isFault, literal, shown, undecidedFrom, unknown, weightOf } from "../values.ts";
import type { Function } from "./function.ts";
import { collectionFunctions } from "./collections.ts";
import { encodingFunctions } from "./encoding.ts";
import { networkFunctions } from "./network.ts";
import { numberFunctions } from "./numbers.ts";
import { patternFunctions } from "./patterns.ts";
import { setFunctions } from "./sets.ts";
import { textFunctions } from "./texts.ts";

type Call = HclExpression & { readonly kind: "call" };

const functions: ReadonlyMap<string, Function> = new Map([
  ...collectionFunctions,
  ...encodingFunctions,
  ...networkFunctions,
  ...numberFunctions,
  ...patternFunctions,
  ...setFunctions,
  ...textFunctions,
]);

const reading = /^(?:templatefile|fileset|file(?:base64|exists|md5|sha\d+|base64sha\d+)?)$/u;

/** Calls one of Terraform's functions. One that is not known here is undecided. https://developer.hashicorp.com/terraform/language/functions */
export function call(written: Call, text: string, scope: Scope): HclValue {
  // OpenTofu and Terraform know every built-in function by this prefix as well.
  const name = written.name.replace(/^core::/u, "");
  if (name === "try") return firstThatHolds(written, scope);
  const args = argumentsOf(written, scope);
  const weight = args.reduce((sum, arg) => sum + weightOf(arg) + textWeight(arg), 0);
  const undecided = (): HclValue => {
    const path = reading.test(name) ? asText(args[0]) : undefined;
    const told = args
      // People look for a file by its path, wherever that is put together.
      .map((arg, index) =>
        index === 0 && path !== undefined ? JSON.stringify(path) : shown(written.arguments[index] ?? unknown("…"), arg),
      )
      .join(", ");
    // What a function reads may differ although its arguments do not.
    const read = reading.test(name) ? scope.changedBelow(path ?? null) : "";
    return undecidedFrom(`${written.name}(${told})${read}`, name === "can" ? [] : args);
  };
  if (!spend(scope, weight)) return unknown(text);
  switch (name) {
    case "can":
      return canOf(args[0]) ?? undecided();
    case "jsonencode": {
      const result = functions.get(name)?.(args) ?? undecided();
      const [json] = args;
      return result.kind === "unknown" && json !== undefined && !isFault(result) ? { ...result, json } : result;
    }
    case "file":
    case "templatefile":
      return fileOf(name, args, scope) ?? undecided();
    default:
      return functions.get(name)?.(args) ?? undecided();
  }
}

/** The last argument may be a list of arguments; where it is not decided, it stays one argument that nobody can take apart. */
function argumentsOf(written: Call, scope: Scope): readonly HclValue[] {
  const args = written.arguments.map((argument) => scope.evaluate(argument, scope));
  const last = args.at(-1);
  return written.spread && last?.kind === "list" ? [...args.slice(0, -1), ...last.items] : args;
}

function textWeight(value: HclValue): number {
  return value.kind === "literal" && typeof value.value === "string" ? value.value.length / 256 : 0;
}

/** The first argument that Terraform would not refuse. One that is undecided may be refused or not: then nobody knows which it is. */
function firstThatHolds(written: Call, scope: Scope): HclValue {
  const values: HclValue[] = [];
  const text = (): string => {
    const told = written.arguments.map((argument, index) =>
      shown(argument, values[index] ?? scope.evaluate(argument, scope)),
    );
    return `try(${told.join(", ")})`;
  };
  for (const argument of written.arguments) {
    const value = scope.evaluate(argument, scope);
    values.push(value);
    if (isFault(value)) continue;
    if (value.kind !== "unknown" || written.arguments.at(-1) === argument) return value;
    return unknown(text());
  }
  return unknown(text());
}

function canOf(value: HclValue | undefined): HclValue | null {
  if (value === undefined || (value.kind === "unknown" && !isFault(value))) return null;
  return literal(!isFault(value));
}

function fileOf(name: "file" | "templatefile", [path, variables]: readonly HclValue[], scope: Scope): HclValue | null {
  const named = asText(path);
  const text = named === undefined ? null : scope.file(named);
  if (text === null) return null;
  if (name === "file") return literal(text);
  if (variables?.kind !== "object") return null;
  // A template sees what it is given and nothing else.
  const bound = new Map(variables.entries.map(({ key, value }) => [key, value]));
  return scope.evaluate(scope.parseTemplate(text), { ...scope, bound, resolve: () => null });
}
