import { prose } from "../../lib/markdown.ts";
import type { Evaluation, Overridden } from "../evaluate/evaluation.ts";
import { moment } from "../moments.ts";
import { someOf } from "./words.ts";

const reasonsMax = 400;
const peopleShown = 5;

/** The command by which people lift a finding or a gap, ready but for their reason. */
export function overrideCommand({ headSha }: Pick<Evaluation, "headSha">, name: string): string {
  return `/sallyport override ${headSha} ${name} REASON`;
}

/** "overridden by `person-a`, `person-b`: because", reasons in the words of who gave them. */
export function overriddenClause({ by, reasons, glassUntilMs }: Overridden, timezone: string): string {
  const how =
    glassUntilMs === null ? "overridden" : `lifted by breaking the glass, until ${moment(glassUntilMs, timezone)},`;
  const why = reasons.length === 0 ? "" : `: ${reasons.join("; ")}`;
  return `${how} by ${logins(by)}${why}`;
}

/** The clause as Markdown; what people wrote in it is brought to no life. */
export function overriddenLine(overridden: Overridden, timezone: string): string {
  return prose(overriddenClause(overridden, timezone), reasonsMax);
}

/** Names of accounts between backticks; of many, the first few. */
function logins(all: readonly string[]): string {
  return someOf(
    all.map((login) => `\`${login}\``),
    peopleShown,
  );
}
