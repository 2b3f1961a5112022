import { numberedStep, sqlFramework, wholeFile } from "./framework.ts";

/** https://supabase.com/docs/guides/local-development/overview */
export const supabase = sqlFramework({
  name: "Supabase",
  claims: (path) => /(?:^|\/)supabase\/migrations\/[^/]+\.sql$/u.test(path),
  late: "refuses",
  step: numberedStep,
  configured: "postgresql",
  pieces: wholeFile,
  inTransaction: () => null,
});
