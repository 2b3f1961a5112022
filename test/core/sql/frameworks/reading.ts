import { loadSyntax } from "../../../../src/adapters/syntax/load.ts";
import { frameworkOf } from "../../../../src/core/sql/frameworks/list.ts";
import type { Effect, MigrationFile } from "../../../../src/core/sql/model.ts";
import type { Tools } from "../../../../src/core/syntax.ts";

/** Forgets at once: texts of tests have no blobs. */
export const tools: Tools = { syntax: await loadSyntax(), memo: (_, compute) => compute() };

/** A file as the framework that it is of reads it, with others beside it. */
export function migration(path: string, text: string, beside: Readonly<Record<string, string>> = {}): MigrationFile {
  const framework = frameworkOf(path, text);
  if (framework === null) throw new Error(`no framework claims ${path}`);
  return framework.read({ path, sha: "", text }, tools, (other) => beside[other] ?? null);
}

/** What its operations do, in order; SQL as its text and what is undecided as the question. */
export function told({ sections }: MigrationFile): readonly (Effect | string)[] {
  return sections.flatMap((section): readonly (Effect | string)[] => {
    switch (section.kind) {
      case "sql":
        return [`${section.firstLine}: ${section.text.trim()}`];
      case "operation":
        return section.effects;
      case "undecided":
        return [`${section.line}? ${section.undecided}`];
    }
  });
}

/** A change of Rails with these lines in it. */
export function rails(...lines: readonly string[]): MigrationFile {
  const text = ["class Change < ActiveRecord::Migration[7.1]", "  def change", ...lines, "  end", "end", ""].join("\n");
  return migration("db/migrate/20260102030405_change.rb", text);
}

/** A migration of Alembic that upgrades by these lines. */
export function alembic(...lines: readonly string[]): MigrationFile {
  const body = lines.map((line) => `    ${line}`);
  return migration(
    "alembic/versions/1a2b3c4d5e6f_change.py",
    ["def upgrade():", ...body, 'revision = "1a2b3c4d5e6f"', ""].join("\n"),
  );
}

/** A migration of the Django app `orders`; `beside` are earlier ones by name. */
export function django(lines: readonly string[], beside: Readonly<Record<string, string>> = {}): MigrationFile {
  const folder = "shop/orders/migrations";
  const files = Object.entries(beside).map(([name, text]) => [`${folder}/${name}.py`, text]);
  return migration(`${folder}/0002_change.py`, djangoText(lines, ["0001_initial"]), Object.fromEntries(files));
}

export function djangoText(lines: readonly string[], dependencies: readonly string[] = []): string {
  return [
    "class Migration(migrations.Migration):",
    `    dependencies = [${dependencies.map((name) => `("orders", "${name}"), `).join("")}]`,
    "    operations = [",
    ...lines.map((line) => `        ${line}`),
    "    ]",
    "",
  ].join("\n");
}
