import { type KnownFramework, unreadFramework } from "./framework.ts";

const inFolder = (path: string): boolean => /(?:^|\/)[^/]*migrations?\//iu.test(path);

/**
 * Frameworks whose migrations are programs in languages that are not read. Their names begin with a number or a date, which tells them
 * from the code that lies beside them.
 */
export const programs: readonly KnownFramework[] = [
  {
    name: "Laravel",
    claims: (path: string) => /(?:^|\/)migrations\/(?:.*\/)?\d{4}_\d\d_\d\d_\d{6}_\w+\.php$/u.test(path),
  },
  { name: "Doctrine", claims: (path: string) => inFolder(path) && /\/Version\d{8,}\.php$/u.test(path) },
  { name: "Phinx", claims: (path: string) => inFolder(path) && /\/\d{14}_\w+\.php$/u.test(path) },
  { name: "Ecto", claims: (path: string) => inFolder(path) && /\/\d{8,}_\w+\.exs$/u.test(path) },
  {
    name: "Entity Framework",
    claims: (path: string) =>
      inFolder(path) && /\/\d{8,}_\w+\.(?:cs|vb)$/u.test(path) && !/\.Designer\.\w+$/u.test(path),
  },
  {
    name: "FluentMigrator",
    claims: (path: string) => inFolder(path) && path.endsWith(".cs"),
    recognises: (_: string, text: string) => /\[\s*Migration\s*\(\s*\d+/u.test(text),
  },
  {
    name: "TypeORM",
    claims: (path: string) => inFolder(path) && script.test(path),
    recognises: (_: string, text: string) => /\bMigrationInterface\b|\bqueryRunner\b/u.test(text),
  },
  {
    name: "MikroORM",
    claims: (path: string) => inFolder(path) && script.test(path),
    recognises: (_: string, text: string) => /@mikro-orm\/migrations/u.test(text),
  },
  {
    name: "Sequelize",
    claims: (path: string) => inFolder(path) && script.test(path),
    recognises: (_: string, text: string) => /\bqueryInterface\b/u.test(text),
  },
  {
    name: "node-pg-migrate",
    claims: (path: string) => inFolder(path) && script.test(path),
    recognises: (_: string, text: string) => /\bpgm\b/u.test(text),
  },
  // What is left of this form is Knex's, Kysely's and that of many of its kind.
  { name: "Knex", claims: (path: string) => inFolder(path) && script.test(path) },
].map(unreadFramework);

/** `20260102030405_add.ts`, `1700000000000-add.js`, `Migration20260102.ts`. Types and tests are no migrations. */
const script = /\/(?:\d{2,}[-_.][\w.-]*|\d{8,}|Migration\d+\w*)(?<!\.d)(?<!\.(?:test|spec))\.[cm]?[jt]s$/u;
