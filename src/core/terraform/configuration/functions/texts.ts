import { sha256 } from "../../../../lib/digest.ts";
import type { HclValue } from "../../../hcl.ts";
import { asNumber, asText, fault, list, literal } from "../values.ts";
import type { Function, Functions } from "./function.ts";
import { replacePattern } from "./patterns.ts";

const textLimit = 256 * 1024;

function onTexts(make: (...texts: readonly string[]) => HclValue | null): Function {
  return (args) => {
    const texts = args.map(asText);
    return texts.every((text) => text !== undefined) ? make(...texts) : null;
  };
}

function plain(make: (...texts: readonly string[]) => string | boolean): Function {
  return onTexts((...texts) => literal(make(...texts)));
}

/** `%s`, `%d`, `%v`, `%q`, `%t`, `%f` and padding of numbers; any other verb is not decided. */
function formatted([template, ...args]: readonly HclValue[]): HclValue | null {
  const pattern = asText(template);
  if (pattern === undefined) return null;
  let next = 0;
  let isDecided = true;
  const text = pattern.replace(
    /%(?:(%)|([-+ 0#]*)(\d*)(?:\.(\d+))?([a-zA-Z]))|%/gu,
    (whole: string, percent?: string, flags = "", width = "", precision?: string, verb?: string) => {
      if (percent !== undefined) return "%";
      const arg = args[next++];
      const made = arg === undefined || verb === undefined ? null : oneFormatted(arg, verb, precision);
      if (made === null || !/^[-0]?$/u.test(flags) || Number(width) > 1000) {
        isDecided = false;
        return whole;
      }
      if (flags === "-") return made.padEnd(Number(width));
      return flags === "0" && made.startsWith("-")
        ? `-${made.slice(1).padStart(Number(width) - 1, "0")}`
        : made.padStart(Number(width), flags === "0" ? "0" : " ");
    },
  );
  return isDecided && next === args.length ? literal(text) : null;
}

function oneFormatted(arg: HclValue, verb: string, precision: string | undefined): string | null {
  const [text, number] = [asText(arg), asNumber(arg)];
  switch (verb) {
    case "s":
    case "v":
      return precision === undefined ? (text ?? null) : null;
    case "t":
      return text === "true" || text === "false" ? text : null;
    case "q":
      return text === undefined ? null : JSON.stringify(text);
    case "d":
      return number === undefined || !Number.isInteger(number) ? null : String(number);
    case "f":
      return number === undefined ? null : number.toFixed(Math.min(Number(precision ?? 6), 20));
    case "x":
      return number === undefined || !Number.isInteger(number) ? null : number.toString(16);
    default:
      return null;
  }
}

function formatlist([template, ...args]: readonly HclValue[]): HclValue | null {
  if (template === undefined || args.some((arg) => arg.kind === "unknown")) return null;
  const lengths = args.flatMap((arg) => (arg.kind === "list" ? [arg.items.length] : []));
  const rounds = lengths[0] ?? 1;
  if (lengths.some((length) => length !== rounds)) return fault("lists of different lengths");
  const rows: HclValue[] = [];
  for (let index = 0; index < rounds; index++) {
    const row = formatted([template, ...args.map((arg) => (arg.kind === "list" ? (arg.items[index] ?? arg) : arg))]);
    if (row === null) return null;
    rows.push(row);
  }
  return list(rows);
}

function join([separator, ...lists]: readonly HclValue[]): HclValue | null {
  const between = asText(separator);
  const texts = lists.flatMap((of) => (of.kind === "list" ? of.items.map(asText) : [undefined]));
  if (between === undefined || !texts.every((text) => text !== undefined)) return null;
  const length = texts.reduce((sum, text) => sum + text.length + between.length, 0);
  return length > textLimit ? null : literal(texts.join(between));
}

function split(separator: string, text: string): HclValue {
  return list(text.split(separator).map(literal));
}

/** A pattern between slashes is a regular expression. */
function replace(text: string, from: string, to: string): HclValue | null {
  if (from.length > 1 && from.startsWith("/") && from.endsWith("/")) return replacePattern(text, from.slice(1, -1), to);
  const most = text.length * (to.length + 1) + to.length;
  return most > textLimit && text.split(from).length * to.length > textLimit
    ? null
    : literal(text.split(from).join(to));
}

function substr([of, offset, length]: readonly HclValue[]): HclValue | null {
  const [text, from, count] = [asText(of), asNumber(offset), asNumber(length)];
  if (text === undefined || from === undefined || count === undefined) return null;
  const characters = Array.from(text);
  const start = from < 0 ? Math.max(0, characters.length + from) : from;
  return literal(characters.slice(start, count < 0 ? undefined : start + count).join(""));
}

function trimmed(text: string, cutset: string, atStart: boolean, atEnd: boolean): string {
  const characters = Array.from(text);
  let [from, to] = [0, characters.length];
  while (atStart && from < to && cutset.includes(characters[from] ?? "")) from++;
  while (atEnd && to > from && cutset.includes(characters[to - 1] ?? "")) to--;
  return characters.slice(from, to).join("");
}

function indent([spaces, of]: readonly HclValue[]): HclValue | null {
  const [count, text] = [asNumber(spaces), asText(of)];
  if (count === undefined || text === undefined || count > 1000) return null;
  return text.split("\n").length * count > textLimit
    ? null
    : literal(text.replaceAll("\n", `\n${" ".repeat(Math.max(0, count))}`));
}

function title(text: string): string {
  return text.replace(
    /(^|[^\p{L}\p{N}_'])(\p{L})/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
}

export const textFunctions: Functions = [
  ["format", formatted],
  ["formatlist", formatlist],
  ["join", join],
  ["split", onTexts((separator = "", text = "") => split(separator, text))],
  ["replace", onTexts((text = "", from = "", to = "") => replace(text, from, to))],
  ["substr", substr],
  ["indent", indent],
  ["lower", plain((text = "") => text.toLowerCase())],
  ["upper", plain((text = "") => text.toUpperCase())],
  ["title", plain((text = "") => title(text))],
  ["chomp", plain((text = "") => text.replace(/[\r\n]+$/u, ""))],
  ["trimspace", plain((text = "") => text.trim())],
  ["trim", plain((text = "", cutset = "") => trimmed(text, cutset, true, true))],
  ["trimprefix", plain((text = "", prefix = "") => (text.startsWith(prefix) ? text.slice(prefix.length) : text))],
  [
    "trimsuffix",
    plain((text = "", suffix = "") => (suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text)),
  ],
  ["startswith", plain((text = "", prefix = "") => text.startsWith(prefix))],
  ["endswith", plain((text = "", suffix = "") => text.endsWith(suffix))],
  ["strcontains", plain((text = "", part = "") => text.includes(part))],
  ["basename", plain((path = "") => path.split("/").findLast((part) => part !== "") ?? ".")],
  ["sha256", plain((text = "") => sha256(text))],
  ["strrev", plain((text = "") => Array.from(text).toReversed().join(""))],
];
