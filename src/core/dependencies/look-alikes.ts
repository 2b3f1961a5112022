import type { Ecosystem } from "./reading.ts";
import { wellKnown } from "./well-known.ts";

/** What a name resembles, and how. */
export interface LookAlike {
  readonly known: string;
  /** Completes "its name ...". */
  readonly how: string;
  /** It reads the same: nobody gives such a name by chance. */
  readonly isCertain: boolean;
}

/** Shorter names are a letter from each other as a matter of course. */
const shortest = 5;

/** Letters of other scripts that are drawn as Latin ones. https://www.unicode.org/reports/tr39/#Confusable_Detection */
const drawnAlike: Readonly<Record<string, string>> = {
  а: "a",
  е: "e",
  о: "o",
  р: "p",
  с: "c",
  х: "x",
  у: "y",
  і: "i",
  ј: "j",
  ѕ: "s",
  ԁ: "d",
  ɡ: "g",
  ո: "n",
  α: "a",
  ο: "o",
  ν: "v",
  ι: "i",
  ρ: "p",
  ı: "i",
  ⅼ: "l",
};

/** The well-known package that a name may be taken for; null where there is none, or where it is one itself. */
export function lookAlike(name: string, ecosystem: Ecosystem, isDirect: boolean): LookAlike | null {
  const known = wellKnown[ecosystem];
  const written = comparable(name, ecosystem);
  if (known === undefined || known.has(written)) return null;
  const read = drawn(written);
  for (const one of known) {
    if (one !== written && skeleton(one) === skeleton(read))
      return { known: one, how: "reads the same as", isCertain: true };
  }
  return isDirect ? resembling(written, known) : null;
}

function resembling(written: string, known: ReadonlySet<string>): LookAlike | null {
  for (const one of known) {
    if (joined(one) === joined(written) && one.length >= shortest) {
      return { known: one, how: "has other separators or another scope than", isCertain: false };
    }
  }
  const bare = withoutAffix(written);
  if (bare !== null && known.has(bare)) {
    return { known: bare, how: "is, but for the name of a language,", isCertain: false };
  }
  if (written.length < shortest) return null;
  for (const one of known) {
    if (one.length >= shortest && isOneEditAway(one, written))
      return { known: one, how: "is a letter from", isCertain: false };
  }
  return null;
}

/** The part that imitations imitate. */
function comparable(name: string, ecosystem: Ecosystem): string {
  const lower = name.toLowerCase();
  if (ecosystem === "maven") return lower.split(":")[0] ?? lower;
  if (ecosystem === "composer") return lower.split("/")[0] ?? lower;
  return ecosystem === "go" ? lower.replace(/\/v\d+$/u, "") : lower;
}

function drawn(name: string): string {
  return Array.from(name.normalize("NFKD"), (letter) => drawnAlike[letter] ?? letter)
    .join("")
    .replaceAll(/\p{M}/gu, "");
}

/** Digits and pairs of letters that pass for letters. */
function skeleton(name: string): string {
  return name.replaceAll("0", "o").replaceAll(/[1|]/gu, "l").replaceAll("rn", "m").replaceAll("vv", "w");
}

function joined(name: string): string {
  return name.replaceAll(/[@/._-]/gu, "");
}

function withoutAffix(name: string): string | null {
  const affix = "(?:node|nodejs|js|npm|python|python3|py|ruby|rust|rs|go|golang|php|dotnet)";
  const bare = name.replace(new RegExp(`^${affix}-`, "u"), "").replace(new RegExp(`[-.]${affix}$`, "u"), "");
  return bare === name ? null : bare;
}

/** One letter more, less or another, or two neighbours that changed places. */
export function isOneEditAway(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  if (restA.slice(1) === restB.slice(1) || restA.slice(1) === restB || restA === restB.slice(1)) return true;
  return restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
}
