import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { inCode, mayBeOld, told } from "../../sql/telling.ts";
import { type ObjectKind, spell } from "../../sql/model.ts";

export default defineRule({
  id: "sql-object-dropped",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "medium",
  summary:
    "A migration drops an extension, a publication, a slot or something else that others hang on, or drops with `cascade`.",
  why: "What depends on it goes with it or stops: replicas fall behind, jobs lose their type or function, and the migration does not say which.",
  remedy:
    "List what depends on it, drop those by name without `cascade`, and let those who run replicas and jobs agree first.",
  needs: "migrations",
  options: z.strictObject({}),
  *detect({ judged }) {
    const made = new Set(
      judged.flatMap(({ effect }) => (effect.does === "creates" ? [`${effect.what} ${effect.name.name}`] : [])),
    );
    for (const one of judged) {
      const { effect } = one;
      if (effect.does === "drops" && mayBeOld(one)) {
        if (!(hangsOn.has(effect.what) || (effect.cascade && depended.has(effect.what)))) continue;
        // What is dropped by itself and written again in the same change is edited.
        if (!effect.cascade && made.has(`${effect.what} ${effect.name.name}`)) continue;
        const name = inCode(spell(effect.name));
        const cascade = effect.cascade ? ", with everything that depends on it, which the statement does not name" : "";
        yield {
          ...told(one, `${effect.what} ${effect.name.name}`, `the ${effect.what} ${name} is dropped${cascade}`),
          asks: true,
        };
      } else if (effect.does === "drops-constraint" && effect.cascade && mayBeOld(one)) {
        const message = `the constraint ${inCode(effect.name)} is dropped with everything that depends on it, which the statement does not name`;
        yield { ...told(one, `${spell(effect.table)} ${effect.name}`, message), asks: true };
      }
    }
  },
  examples: {
    "an extension": `
      A db/migrations/0002_tidy.sql
      > DROP EXTENSION postgis CASCADE;`,
    "a replication slot": `
      A db/migrations/0002_tidy.sql
      > SELECT pg_drop_replication_slot('warehouse');`,
    "a table leaves a publication": `
      A db/migrations/0002_tidy.sql
      > ALTER PUBLICATION warehouse DROP TABLE orders;`,
    "a type with the columns that have it": `
      A db/migrations/0002_tidy.sql
      > DROP TYPE order_state CASCADE;`,
    "a materialized view": `
      A db/migrations/0002_tidy.sql
      > DROP MATERIALIZED VIEW totals;`,
    "a view is made anew": `
      A db/migrations/0002_tidy.sql
        DROP VIEW totals;
        CREATE VIEW totals AS SELECT 1;`,
    "a materialized view is written anew": `
      A db/migrations/0002_tidy.sql
        DROP MATERIALIZED VIEW totals;
        CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM orders;`,
    "a trigger and its function": `
      A db/migrations/0002_tidy.sql
        DROP TRIGGER touch ON orders;
        DROP FUNCTION touch();`,
    "a type that the change made": `
      A db/migrations/0002_tidy.sql
        CREATE TYPE a AS ENUM ('x');
        DROP TYPE a CASCADE;`,
  },
});

const hangsOn: ReadonlySet<ObjectKind> = new Set([
  "materialized view",
  "extension",
  "publication",
  "subscription",
  "replication slot",
  "server",
  "foreign table",
  "other",
]);
const depended: ReadonlySet<ObjectKind> = new Set(["view", "function", "type", "domain", "sequence", "role"]);
