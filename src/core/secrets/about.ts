import type { Place } from "../change/change-set.ts";
import type { BroughtSecret } from "./brought-secret.ts";
import { providerRules } from "./catalogue.ts";
import type { Find } from "./find.ts";
import { scan } from "./scan.ts";

/** Rules whose values nobody guesses: keys and tokens that a machine drew. The rest are words of people, or may be: no digest of them is shown. */
const drawnRules: ReadonlySet<string> = new Set([
  ...providerRules.map(({ id }) => id),
  "private-key",
  "pgp-private-key",
  "putty-private-key",
  "google-service-account-key",
  "kubeconfig-client-key",
  "secret-assignment",
]);

export function isDrawn({ rule }: Pick<Find, "rule">): boolean {
  return drawnRules.has(rule);
}

/**
 * What findings on each secret are about. Digests of what could be guessed stay inside: such a secret goes by its place, in an order that
 * its value has no part in.
 */
export function withAbouts(secrets: readonly Omit<BroughtSecret, "about">[]): readonly BroughtSecret[] {
  const counted = new Map<string, number>();
  const worstFirst = secrets.toSorted((a, b) => Number(b.level === "block") - Number(a.level === "block"));
  return worstFirst.map((secret) => {
    const { rule, fingerprint, spots } = secret;
    if (fingerprint !== null) return { ...secret, about: `${rule} ${fingerprint}` };
    const [first] = spots;
    const place = `${rule} ${"path" in first ? first.path : first.kind}`;
    const number = (counted.get(place) ?? 0) + 1;
    counted.set(place, number);
    return { ...secret, about: `${place} ${number}` };
  });
}

/** What a finding on a line of the head says beside its own words where a secret stands on that line: the one thing that both are about. */
export function secretAt(
  secrets: readonly BroughtSecret[],
  { path, line }: Pick<Place, "path" | "line">,
): { readonly about: string; readonly paths: readonly string[] } | null {
  const found = secrets.find(({ spots }) =>
    spots.some((spot) => spot.kind === "head" && spot.path === path && spot.line === line),
  );
  return found === undefined ? null : { about: found.about, paths: pathsOf(found) };
}

/** Every file that holds it, in the head or in a commit. */
export function pathsOf({ spots }: BroughtSecret): readonly string[] {
  return [...new Set(spots.flatMap((spot) => ("path" in spot ? [spot.path] : [])))];
}

/** The secrets of a text by the line that they stand on, without what the name of the file says. */
export function findsByLine(text: string, path: string): ReadonlyMap<number, readonly Find[]> {
  const finds = scan(text, { path }).finds.filter(({ rule }) => rule !== "credentials-file");
  return Map.groupBy(finds, ({ line }) => line);
}
