import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { inCode, told } from "../../sql/telling.ts";

export default defineRule({
  id: "sql-privileges-widened",
  invariant: "permissions-do-not-increase",
  severity: "high",
  confidence: "high",
  summary:
    "A migration lets somebody do more in the database than a program needs: everybody, everything, or on to others.",
  why: "Privileges that are given in a migration are in nobody's list of accesses, and they outlast the code that asked for them.",
  remedy:
    "Grant the privileges that are used, by name, to one role, without `with grant option`; leave attributes of roles to those who run the database.",
  needs: "migrations",
  options: z.strictObject({}),
  *detect({ judged }) {
    for (const one of judged) {
      const { effect } = one;
      if (effect.does === "changes-role") {
        const gains = effect.gains.filter((attribute) => beyondPrivileges.has(attribute));
        if (gains.length === 0) continue;
        yield told(one, `role ${effect.role}`, `the role ${inCode(effect.role)} gets ${gains.map(inCode).join(", ")}`);
      } else if (effect.does === "grants") {
        const privileges = effect.privileges.map((privilege) => inCode(privilege)).join(", ");
        const roles = effect.to.map(inCode).join(", ");
        const what = `${privileges} on ${inCode(effect.on)} to ${roles}`;
        const toEverybody = effect.to.includes("public");
        const about = `${effect.on} ${effect.to.join(" ")}`;
        if (effect.grantOption) yield told(one, about, `${what} is granted with the right to grant it on`);
        else if (toEverybody && effect.privileges.some((privilege) => !usual.has(privilege))) {
          yield told(one, about, `${what} is granted: everybody who can log in`);
        } else if (effect.privileges.includes("all") && effect.on !== "membership") {
          yield { ...told(one, about, `${what} is granted: also what no program needs`), asks: true };
        }
      }
    }
  },
  examples: {
    everybody: `
      A db/migrations/0002_grants.sql
      > GRANT SELECT ON orders TO PUBLIC;`,
    everything: `
      A db/migrations/0002_grants.sql
      > GRANT ALL ON TABLE orders TO reporting;`,
    "on to others": `
      A db/migrations/0002_grants.sql
      > GRANT SELECT ON orders TO reporting WITH GRANT OPTION;`,
    "everybody, of all that will be created": `
      A db/migrations/0002_grants.sql
      > ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC;`,
    "a superuser": `
      A db/migrations/0002_grants.sql
      > ALTER ROLE app SUPERUSER;`,
    "a role past row security": `
      A db/migrations/0002_grants.sql
      > CREATE ROLE worker LOGIN BYPASSRLS;`,
    "in MySQL": `
      A db/migrations/0002_grants.sql
      > GRANT ALL PRIVILEGES ON \`shop\`.* TO 'app'@'%';`,
    "one privilege for one role": `
      A db/migrations/0002_grants.sql
        GRANT SELECT, INSERT ON orders TO app;
        GRANT USAGE ON SCHEMA public TO PUBLIC;
        GRANT reporting TO person_a;`,
    "less for everybody": `
      A db/migrations/0002_grants.sql
        REVOKE ALL ON orders FROM PUBLIC;
        ALTER ROLE app NOSUPERUSER;`,
  },
});

const beyondPrivileges: ReadonlySet<string> = new Set(["superuser", "bypassrls", "createrole", "replication"]);
/** What everybody may do unless it is taken away. */
const usual: ReadonlySet<string> = new Set(["usage", "execute", "temporary", "temp", "connect"]);
