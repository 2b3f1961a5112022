import { providerRules } from "./catalogue.ts";
import type { Find } from "./find.ts";
import { scan } from "./scan.ts";

/** Rules whose values nobody guesses: only of these may a digest be shown. */
const drawnRules: ReadonlySet<string> = new Set([
  ...providerRules.map(({ id }) => id),
  "private-key",
  "pgp-private-key",
  "putty-private-key",
  "google-service-account-key",
  "kubeconfig-client-key",
  "secret-assignment",
]);

/** What the finding of `secret-added` on a secret is about, where it is the first of its rule in the file. */
export function aboutFind({ rule, fingerprint }: Find, path: string): string {
  return drawnRules.has(rule) ? `${rule} ${fingerprint}` : `${rule} ${path} 1`;
}

/** The secrets of a text by the line that they stand on, without what the name of the file says. */
export function findsByLine(text: string, path: string): ReadonlyMap<number, readonly Find[]> {
  const finds = scan(text, { path }).finds.filter(({ rule }) => rule !== "credentials-file");
  return Map.groupBy(finds, ({ line }) => line);
}
