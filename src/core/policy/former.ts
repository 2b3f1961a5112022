import type { Former, PolicySource } from "./reading.ts";

/** Versions of a file that stood at the tip of its branch, the newest first, and at last why there are no more. */
export type Past = (source: PolicySource) => AsyncGenerator<PolicySource, string>;

/** Policy files that cannot be used as they are, alone or beside each other. */
export type Unusable = (sources: readonly PolicySource[]) => readonly PolicySource[];

/** Whoever breaks a file this often in a row is better served by the strict default. */
const versionsLimit = 20;

/** The same files, each that cannot be used with the last version of it that can. `past` is asked for nothing while all can be. */
export async function withFormers(
  sources: readonly PolicySource[],
  past: Past,
  unusable: Unusable,
): Promise<readonly PolicySource[]> {
  const broken = unusable(sources);
  const asked = sources.map(async (source) => {
    if (!broken.includes(source)) return source;
    const isUsable = (version: PolicySource): boolean =>
      !unusable(sources.map((one) => (one === source ? version : one))).includes(version);
    return { ...source, former: await lastUsable(past(source), isUsable) };
  });
  return await Promise.all(asked);
}

async function lastUsable(versions: ReturnType<Past>, isUsable: (version: PolicySource) => boolean): Promise<Former> {
  for (let looked = 0; looked < versionsLimit; looked += 1) {
    const { done, value } = await versions.next();
    if (done === true) return { kind: "none", because: value };
    const { at, content } = value;
    // A branch without a policy is no version of it, and what was there before that was taken away.
    if (content.kind === "absent") return { kind: "none", because: "before it the branch had no policy" };
    if (content.kind === "text" && isUsable(value)) return { kind: "version", at, text: content.text };
  }
  return { kind: "none", because: `none of its last ${versionsLimit} versions can be read` };
}
