import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { isExpression } from "../../settings/amounts.ts";
import { mayBeDeployed, mayBeSet } from "../../settings/scope.ts";
import { type Tier, tierOf, tiersIn } from "../../settings/tier.ts";
import { wordsOf } from "../../settings/words.ts";
import type { Written } from "../../views/values.ts";

const names =
  /(?:^| )(?:host|hosts|hostname|url|uri|endpoint|address|addr|dsn|server|servers|database|dbname|db name|db|bucket|brokers|bootstrap servers|broker list|connection string|jdbc url|queue|topic|datasource|upstream|target|cluster name|project id|project)$/u;

/** Settings within a connection string that say where it leads: `Server=...;Database=...;Password=...`. */
const places =
  /(?:^|[;\s])(?:host|hostaddr|server|data source|address|addr|dbname|database|initial catalog)\s*=\s*([^;\s]+)/giu;

/** Where a value leads, without who logs in there: the host, the path and the name of a database. */
function destination(written: Written | undefined): string | null {
  if (typeof written?.scalar !== "string" || written.scalar.length > 500) return null;
  const text = written.scalar
    .replace(/[?#].*$/u, "")
    .replace(/^(?:jdbc:)?[a-z][a-z0-9+.-]*:\/\//iu, "")
    .replace(/^.*@/u, "");
  return /[=;]/u.test(text) ? [...text.matchAll(places)].map(([, place]) => place ?? "").join("/") : text;
}

/** The host, and of the rest only words that name an environment: a path may hold what lets one in. */
function shown(text: string): string {
  const [host = "", ...path] = text.split("/");
  const named = path
    .join("/")
    .split(/[^A-Za-z0-9]+/u)
    .filter((word) => tiersIn(word).size > 0);
  const safe = /^[A-Za-z0-9._:-]{1,80}$/u.test(host) ? host : "…";
  return [safe, ...named].join("/…");
}

/** What production and the others may not share, from where a file stands. */
function crosses(of: Tier, to: ReadonlySet<Tier>): boolean {
  if (to.has(of)) return false;
  return of === "production" ? to.size > 0 : to.has("production");
}

export default defineRule({
  id: "config-endpoint-crosses",
  invariant: "values-stay-in-bounds",
  severity: "critical",
  confidence: "high",
  summary: "A setting of staging or development leads to production, or one of production to what is not.",
  why: "Tests then write to the data of users, or users see the data of tests; both work, and nothing says so.",
  remedy: "Name the host or the database of the file's own environment.",
  needs: "values",
  options: z.strictObject({}),
  *detect({ values }, _, context) {
    for (const { after, before, key, segments } of values) {
      if (after === undefined || !mayBeDeployed(after.path) || !mayBeSet(segments)) continue;
      if (!names.test(wordsOf(segments).join(" "))) continue;
      const own = tierOf(after.path, context);
      if (own === null) continue;
      const [from, to] = [destination(before), destination(after)];
      const stood = from === null ? new Set<Tier>() : tiersIn(from);
      const about = `${after.path} ${key}`;
      if ((to === null || isExpression(to)) && stood.has(own)) {
        yield { at: after.place, about, undecided: `where \`${key}\` leads` };
        continue;
      }
      if (to === null || isExpression(to)) continue;
      const leads = tiersIn(to);
      if (!crosses(own, leads) || (from !== null && crosses(own, stood))) continue;
      const edit = from !== null && from === before?.scalar && !from.includes("/") ? after.replaced(from) : undefined;
      yield {
        at: after.place,
        about,
        message: `\`${key}\` of ${own} leads to ${[...leads].toSorted().join(" and ")}: \`${shown(to)}\`${from === null ? "" : `, and led to \`${shown(from)}\``}`,
        ...(stood.has(own) && leads.size === 1 ? {} : { asks: true as const }),
        before: from === null ? null : shown(from),
        after: shown(to),
        ...(edit === undefined ? {} : { fix: [edit] }),
      };
    }
  },
  examples: {
    "staging writes to the database of production": `
      M config/staging.env
      - DB_HOST=db.staging.example.com
      > DB_HOST=db.prod.example.com`,
    "in a connection string, whose password is not shown": `
      M k8s/staging/orders.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: orders }
        data:
      -   DATABASE_URL: postgres://orders:hunter2@db/orders-staging
      >   DATABASE_URL: postgres://orders:hunter2@db/orders-production`,
    "production reads from staging": `
      M config/production.env
      - CATALOG_ENDPOINT=https://catalog.prod.example.com
      > CATALOG_ENDPOINT=https://catalog.staging.example.com`,
    "a new key of staging": `
      M config/staging.env
        PORT=80
      > SEARCH_URL=https://search.prod.example.com`,
    "the host of its own environment": `
      M config/staging.env
      - DB_HOST=db-1.staging.example.com
      + DB_HOST=db-2.staging.example.com`,
    "a file of no environment": `
      M config/app.env
      - DB_HOST=db.staging.example.com
      + DB_HOST=db.prod.example.com`,
    "a name that says nothing": `
      M config/staging.env
      - DB_HOST=10.0.0.1
      + DB_HOST=10.0.0.2`,
  },
});
