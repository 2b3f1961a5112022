import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { tableOf, told } from "../../sql/telling.ts";
import { spell } from "../../sql/model.ts";

export default defineRule({
  id: "sql-definer-without-search-path",
  invariant: "permissions-do-not-increase",
  severity: "high",
  confidence: "high",
  summary: "A function runs with the rights of its owner and takes its names from the caller's search path.",
  why: "Whoever may create a table or function in a schema of that path puts their own in the place of yours, and it runs with the rights of the owner.",
  remedy:
    "Add `SET search_path = pg_catalog, your_schema` (or `''`, and write every name with its schema), and revoke `EXECUTE` from `PUBLIC`.",
  needs: "migrations",
  options: z.strictObject({}),
  *detect({ judged }) {
    for (const one of judged) {
      const { effect } = one;
      if (effect.does !== "writes-function" || !effect.securityDefiner || effect.searchPath) continue;
      const message = `the function ${tableOf(effect.name)} is \`security definer\` and sets no \`search_path\``;
      yield { ...told(one, spell(effect.name), message), asks: true };
    }
  },
  examples: {
    "no search path": `
      A db/migrations/0002_f.sql
      > CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';`,
    "an altered function": `
      A db/migrations/0002_f.sql
      > ALTER FUNCTION f() SECURITY DEFINER;`,
    "a search path of its own": `
      A db/migrations/0002_f.sql
        CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';`,
    "the caller's rights": `
      A db/migrations/0002_f.sql
        CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';`,
  },
});
