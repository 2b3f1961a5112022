import type { ChangedFile, ChangeSet, FileVersion, Gap, Place } from "../change/change-set.ts";
import { byCodeUnits } from "../../lib/order.ts";
import { count } from "../../lib/text.ts";
import { type Created, Creations } from "../sql/created.ts";
import { isMigration, migrationOf } from "../sql/migration.ts";
import { tokenAt } from "../sql/lexer.ts";
import type { Effect, ReadMigration, Statement } from "../sql/model.ts";
import type { Tools } from "../syntax.ts";

/** A migration on both sides. `after` is null where the file is gone, or could not be read (which is a Gap). */
export interface MigrationChange {
  readonly file: ChangedFile;
  readonly before: ReadMigration | null;
  readonly after: ReadMigration | null;
}

/** One effect of a statement that the change adds, with what stood before it. */
export interface Judged {
  readonly effect: Effect;
  readonly at: Place;
  readonly migration: ReadMigration;
  readonly statement: Statement;
  /** Whether the change itself created what is touched: then there is nothing to lose and nobody who waits. */
  readonly created: Created;
  /** Every column that an update writes was added by the change. */
  readonly fillsNewColumns: boolean;
  /** A check of the change keeps the column of a `set not null` from being null. */
  readonly isRequired: boolean;
  /** The type that the change gave the column whose type it changes; null where it did not. */
  readonly formerType: string | null;
  /** Runs in a transaction; null where that depends on what is not read. */
  readonly inTransaction: boolean | null;
}

export interface MigrationsView {
  readonly files: readonly MigrationChange[];
  readonly judged: readonly Judged[];
}

/**
 * Migrations of the change, in the order in which they run. A statement is judged where the change adds it: what a file said before, or said
 * under another name, is not new. What is new and cannot be read is a Gap, one for each file.
 */
export function migrations(
  change: ChangeSet,
  tools: Tools,
): { readonly view: MigrationsView; readonly gaps: readonly Gap[] } {
  const byPath = new Map(change.files.map((file) => [file.path, file]));
  const around = (side: "before" | "after") => (path: string) => textOf(byPath.get(path)?.[side] ?? null);
  const claimed = change.files
    .filter(({ path, status }) => status !== "unchanged" && isMigration(path))
    .toSorted((a, b) => inOrder(a.path, b.path));
  const files = claimed.map((file) => ({
    file,
    before: read(file.path, file.before, tools, around("before")),
    after: read(file.path, file.after, tools, around("after")),
  }));
  const gone = files.flatMap(({ before, after }) =>
    after === null && before !== null ? [proseOf(before).join("\n")] : [],
  );
  const creations = new Creations();
  const judged: Judged[] = [];
  const gaps: Gap[] = [];
  for (const { file, before, after } of files) {
    if (after === null) {
      gaps.push(...unreadable(file));
      continue;
    }
    const isMoved = file.before === null && gone.includes(proseOf(after).join("\n"));
    const isNew = isMoved ? () => false : newIn(before, after);
    const unknowns: { line: number; what: string }[] = [];
    for (const effect of walk(after, creations)) {
      if (!isNew(effect.statement)) continue;
      const what = unreadIn(effect.effect);
      if (what === null) judged.push(effect);
      else unknowns.push({ line: effect.at.line, what });
    }
    const stood = new Set(before?.undecided.map(({ undecided }) => undecided));
    const undecided = isMoved ? [] : after.undecided.filter(({ undecided: what }) => !stood.has(what));
    unknowns.push(...undecided.map(({ line, undecided: what }) => ({ line, what })));
    gaps.push(...undecidedGap(file.path, unknowns));
  }
  return { view: { files, judged }, gaps };
}

function textOf(version: FileVersion | null): string | null {
  return version?.content.kind === "text" ? version.content.text : null;
}

function read(
  path: string,
  version: FileVersion | null,
  tools: Tools,
  around: (path: string) => string | null,
): ReadMigration | null {
  const text = textOf(version);
  return version === null || text === null ? null : migrationOf({ path, sha: version.sha, text }, tools, around);
}

/** Numbers in names count as numbers: V2 runs before V10. */
function inOrder(a: string, b: string): number {
  const [left, right] = [padded(a), padded(b)];
  return byCodeUnits(left, right);
}

function padded(path: string): string {
  return path.replaceAll(/\d+/gu, (digits) => digits.padStart(20, "0"));
}

/** The effects of a migration in order, calls of functions that the change wrote with what they do. */
function* walk(migration: ReadMigration, creations: Creations): Generator<Judged> {
  creations.beginFile();
  let opened = false;
  for (const statement of migration.statements) {
    for (const effect of statement.effects.flatMap((own) => resolved(own, creations))) {
      if (effect.does === "transaction") opened = effect.edge === "begin";
      yield {
        effect,
        at: { path: migration.path, side: "head", line: statement.line },
        migration,
        statement,
        created: creations.of(effect),
        fillsNewColumns: effect.does === "updates-rows" && creations.addedAll(effect.table, effect.columns),
        isRequired: effect.does === "sets-not-null" && creations.isRequired(effect.table, effect.column),
        formerType:
          effect.does === "changes-type" ? (effect.from ?? creations.typeOf(effect.table, effect.column)) : null,
        inTransaction: opened ? true : migration.inTransaction,
      };
      creations.apply(effect);
    }
  }
}

function resolved(effect: Effect, creations: Creations): readonly Effect[] {
  if (effect.does !== "calls") return [effect];
  return creations.bodyOf(effect.name) ?? [effect];
}

/** What of an effect nobody here could read, as a clause; null where it was read. */
function unreadIn(effect: Effect): string | null {
  if (effect.does === "unknown") return effect.reason;
  return effect.does === "calls" ? `what the function \`${effect.name.name}\` does that it calls` : null;
}

/** Statements by what they say and do: white space, comments and line ends do not tell one from another. */
function proseOf(migration: ReadMigration): readonly string[] {
  return migration.statements.map(prose);
}

function prose({ text, dialect, effects }: Statement): string {
  const tokens: string[] = [];
  for (let at = 0; at < text.length; ) {
    const { kind, start, end } = tokenAt(text, at, dialect);
    if (kind !== "gap") tokens.push(text.slice(start, end).replaceAll("\r\n", "\n"));
    at = end;
  }
  return `${JSON.stringify(effects)} ${tokens.join(" ")}`;
}

/** Tells the statements that a file did not hold before; as many of a kind as it held are old. */
function newIn(before: ReadMigration | null, after: ReadMigration): (statement: Statement) => boolean {
  const stood = new Map<string, number>();
  for (const text of before === null ? [] : proseOf(before)) stood.set(text, (stood.get(text) ?? 0) + 1);
  const fresh = new Set<Statement>();
  for (const statement of after.statements) {
    const text = prose(statement);
    const left = stood.get(text) ?? 0;
    if (left === 0) fresh.add(statement);
    else stood.set(text, left - 1);
  }
  return (statement) => fresh.has(statement);
}

function unreadable(file: ChangedFile): readonly Gap[] {
  if (file.after === null || file.after.content.kind === "text") return [];
  const { content } = file.after;
  const why = content.kind === "unread" ? content.reason : `it is no text but a ${content.kind}`;
  return [
    {
      id: `unreadable:${file.path}`,
      level: textOf(file.before) === null ? "hold" : "block",
      path: file.path,
      side: "head",
      line: null,
      reason: `what the migration \`${file.path}\` does, since ${why}`,
      remedy: "Make the migration a text in UTF-8 that can be read.",
    },
  ];
}

function undecidedGap(
  path: string,
  unknowns: readonly { readonly line: number; readonly what: string }[],
): readonly Gap[] {
  const [first] = unknowns;
  if (first === undefined) return [];
  const lines = [...new Set(unknowns.map(({ line }) => line))];
  const others =
    lines.length === 1
      ? ""
      : `, and ${count(lines.length - 1, "other statement")} of it (lines ${lines.slice(1, 6).join(", ")}${lines.length > 6 ? " and on" : ""})`;
  return [
    {
      id: `migration:${path}`,
      level: "hold",
      path,
      side: "head",
      line: first.line,
      reason: `what line ${first.line} of the migration \`${path}\` does: ${first.what}${others}`,
      remedy:
        "Let somebody who knows the database read these statements and approve, or write them so that they can be read.",
    },
  ];
}
