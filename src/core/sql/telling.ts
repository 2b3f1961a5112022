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
