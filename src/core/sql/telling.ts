import type { Sighting } from "../rule.ts";
import type { Judged } from "../views/migrations.ts";
import { type Dialect, type Name, spell } from "./model.ts";

/** A name between backticks, which renderers escape. */
export function inCode(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}

export function tableOf(name: Name): string {
  return inCode(spell(name));
}

/** A finding at a statement, about one object of the database. */
export function told({ at }: Judged, object: string, message: string): Sighting {
  return { at, about: `${at.path} ${object}`, object, message };
}

/** Names of which each stands in code; the reader of a long list is told how many there are. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, namesShown).map(inCode).join(", ");
  return names.length <= namesShown ? shown : `${shown} and ${names.length - namesShown} more`;
}
const namesShown = 12;

/** An object that a statement touches. Those of one `group` are told in one sentence, at the place of the first. */
export interface Touched {
  readonly one: Judged;
  readonly group: string;
  readonly name: string;
}

export interface Together {
  readonly one: Judged;
  readonly group: string;
  readonly names: readonly string[];
  readonly all: readonly Judged[];
}

/** What one line does to several objects is one finding with all of their names: it is read, mended and lifted as one. */
export function inOneLine(touched: readonly Touched[]): readonly Together[] {
  return together(touched, ({ one: { at }, group }) => `${at.path}:${at.line} ${group}`);
}

/** The same for a whole file. */
export function inOneFile(touched: readonly Touched[]): readonly Together[] {
  return together(touched, ({ one: { at }, group }) => `${at.path} ${group}`);
}

function together(touched: readonly Touched[], key: (one: Touched) => string): readonly Together[] {
  return [...Map.groupBy(touched, key).values()].flatMap((group) => {
    const [first] = group;
    return first === undefined
      ? []
      : [{ ...first, names: [...new Set(group.map(({ name }) => name))], all: group.map(({ one }) => one) }];
  });
}

/** Whether something stood there before that can be lost: also where the change may have created it. */
export function mayBeOld({ created }: Judged): boolean {
  return created !== "yes";
}

/** Whether people use it by now: a table that the change creates, as it seems, makes nobody wait. */
export function isInUse({ created }: Judged): boolean {
  return created === "no";
}

/** Whether PostgreSQL's locks are what counts: it is PostgreSQL, or nothing says what it is. */
export function isPostgres({ statement }: Judged): boolean {
  return postgres.has(statement.dialect);
}
const postgres: ReadonlySet<Dialect> = new Set(["postgresql", "unknown"]);
