import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { inCode, mayBeOld, tableOf, told } from "../../sql/telling.ts";
import { spell } from "../../sql/model.ts";

export default defineRule({
  id: "sql-row-security-lowered",
  invariant: "permissions-do-not-increase",
  severity: "critical",
  confidence: "high",
  summary: "A migration switches row security off, or takes away a policy that keeps rows apart.",
  why: "From that moment every role that may read the table reads the rows of all tenants, and nothing fails that would show it.",
  remedy:
    "Keep row security on and write the policy that is missing; replace a policy in one transaction, the new one first.",
  needs: "migrations",
  options: z.strictObject({}),
  *detect({ judged }) {
    const written = new Set(
      judged.flatMap(({ effect }) => (effect.does === "writes-policy" ? [`${effect.table.name}.${effect.name}`] : [])),
    );
    for (const one of judged) {
      const { effect } = one;
      if (
        effect.does === "row-security" &&
        mayBeOld(one) &&
        (effect.becomes === "disabled" || effect.becomes === "not forced")
      ) {
        const message = `row security of ${tableOf(effect.table)} is ${effect.becomes === "disabled" ? "switched off" : "no longer forced on its owner"}`;
        yield told(one, spell(effect.table), message);
      } else if (effect.does === "drops" && effect.what === "policy" && mayBeOld(one)) {
        const key = `${effect.on?.name ?? ""}.${effect.name.name}`;
        // A policy that is dropped and written again is edited.
        if (written.has(key)) continue;
        const on = effect.on === null ? "" : ` of ${tableOf(effect.on)}`;
        yield {
          ...told(one, key, `the policy ${inCode(effect.name.name)}${on} is dropped and none of that name written`),
          asks: true,
        };
      } else if (effect.does === "writes-policy" && effect.always && mayBeOld(one)) {
        const message = `the policy ${inCode(effect.name)} of ${tableOf(effect.table)} is true of every row`;
        yield { ...told(one, `${effect.table.name}.${effect.name}`, message), asks: true };
      }
    }
  },
  examples: {
    off: `
      A supabase/migrations/20260102030405_rls.sql
      > ALTER TABLE orders DISABLE ROW LEVEL SECURITY;`,
    "a policy goes": `
      A supabase/migrations/20260102030405_rls.sql
      > DROP POLICY tenant ON orders;`,
    "a policy that is true of every row": `
      A supabase/migrations/20260102030405_rls.sql
      > CREATE POLICY tenant ON orders USING (true);`,
    "a policy is edited": `
      A supabase/migrations/20260102030405_rls.sql
        DROP POLICY IF EXISTS tenant ON orders;
        CREATE POLICY tenant ON orders USING (tenant_id = current_setting('app.tenant')::uuid);`,
    on: `
      A supabase/migrations/20260102030405_rls.sql
        ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
        ALTER TABLE orders FORCE ROW LEVEL SECURITY;`,
    "a new table that everybody may read": `
      A supabase/migrations/20260102030405_rls.sql
        CREATE TABLE tags (id bigint);
        ALTER TABLE tags ENABLE ROW LEVEL SECURITY;
        CREATE POLICY read_tags ON tags FOR SELECT USING (true);`,
  },
});
