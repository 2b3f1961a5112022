import { expect, test } from "vitest";
import { migrationContext } from "../../../src/core/sql/context.ts";

const head = [
  "Gemfile",
  "README.md",
  "config/database.yml",
  "db/migrate/20260101000000_a.rb",
  "db/migrate/20260102000000_b.rb",
  "pyproject.toml",
  "shop/orders/migrations/0001_a.py",
  "shop/orders/migrations/0002_b.py",
  "shop/users/migrations/0001_a.py",
];

function read(...changed: readonly string[]): readonly string[] {
  const paths = [...head, ...changed];
  return head.filter(migrationContext(paths, changed));
}

test("without a changed migration nothing is read", () => {
  expect(read("README.md", "app/models/user.rb")).toEqual([]);
});

test("a migration is read with the last of its series and with what says its database", () => {
  expect(read("db/migrate/20260103000000_c.rb")).toEqual([
    "Gemfile",
    "config/database.yml",
    "db/migrate/20260102000000_b.rb",
  ]);
});

test("one of Django is read with those of its app", () => {
  expect(read("shop/orders/migrations/0003_c.py")).toEqual([
    "pyproject.toml",
    "shop/orders/migrations/0001_a.py",
    "shop/orders/migrations/0002_b.py",
  ]);
});
