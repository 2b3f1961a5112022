/** What stands behind `uses:`. Source: docs.github.com "Workflow syntax", `jobs.<job_id>.steps[*].uses`. */
export type Uses =
  | { readonly kind: "local"; readonly path: string }
  | { readonly kind: "image"; readonly image: string; readonly pin: Pin }
  | {
      readonly kind: "action";
      readonly owner: string;
      /** `owner/name`, with the folder within the repository where there is one. */
      readonly name: string;
      readonly ref: string;
      readonly pin: Pin;
    }
  | { readonly kind: "unknown"; readonly text: string };

/** How firmly a reference names what runs: a commit or digest cannot move, a version is moved by its owner, a branch moves daily. */
export type Pin = "fixed" | "version" | "moving";

export function usesOf(text: string): Uses {
  // `$/` is how a reusable workflow names its own repository.
  if (text.startsWith("./") || text.startsWith("../") || text.startsWith("$/")) {
    return { kind: "local", path: text.replace(/^\$?\.?\//u, "") };
  }
  if (text.startsWith("docker://")) {
    const image = text.slice("docker://".length);
    return { kind: "image", image, pin: imagePin(image) };
  }
  const read = /^(?<owner>[\w.-]+)\/(?<rest>[^@\s]+)(?:@(?<ref>\S+))?$/u.exec(text)?.groups;
  if (read === undefined) return { kind: "unknown", text };
  const { owner = "", rest = "", ref = "" } = read;
  return { kind: "action", owner: owner.toLowerCase(), name: `${owner}/${rest}`.toLowerCase(), ref, pin: refPin(ref) };
}

export function imagePin(image: string): Pin {
  if (/@sha256:[0-9a-f]{64}$/u.test(image)) return "fixed";
  const tag = /:(?<tag>[^:/@]+)$/u.exec(image)?.groups?.["tag"];
  return tag === undefined || /^(?:latest|edge|main|master|nightly|stable|lts)$/u.test(tag) ? "moving" : "version";
}

/** Of a revision of git by its text. */
export function refPin(ref: string): Pin {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.test(ref)) return "fixed";
  return /^(?:refs\/tags\/|release\/|releases\/)?v?\d/u.test(ref) ? "version" : "moving";
}

const ranks: Readonly<Record<Pin, number>> = { fixed: 2, version: 1, moving: 0 };

export function isLooser(before: Pin, after: Pin): boolean {
  return ranks[after] < ranks[before];
}

/** Owners whose actions are GitHub's own. */
export function isPlatform(owner: string): boolean {
  return owner === "actions" || owner === "github";
}
