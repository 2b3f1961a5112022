import { unreachable } from "../../lib/assert.ts";

/** Who may change a branch although a rule of it says no. */
export interface BypassActor {
  /** `administrators`: of the repository, by classic protection. `this_app`: the App itself, as GitHub tells it. */
  readonly kind:
    | "administrators"
    | "app"
    | "deploy_keys"
    | "organisation_administrators"
    | "role"
    | "team"
    | "this_app"
    | "user";
  /** GitHub's number of the app, role, team or user; null for the others. */
  readonly id: number | null;
  /** `exempt`: the rules are not even run, so GitHub's audit of bypasses shows nothing. */
  readonly mode: "always" | "pull_request" | "exempt";
}

/** One rule that requires the check. */
export interface Requiring {
  readonly source: "ruleset" | "classic protection";
  /** The App whose word alone is taken; null: that of anybody who may write. */
  readonly pinnedTo: number | null;
  /** Null: GitHub does not tell this App. */
  readonly bypass: readonly BypassActor[] | null;
}

/**
 * Whether the check run of this App stands between a change and a branch, as far as GitHub tells. It says something about the
 * repository, not about a change: no verdict rests on it.
 */
export interface Posture {
  readonly branch: string;
  readonly checkName: string;
  readonly appId: number;
  /** The rules on this branch that require a check of this name. */
  readonly requiring: readonly Requiring[];
  /** What else may require it and could not be read, as clauses: "the rulesets could not be read". */
  readonly unread: readonly string[];
  /** Null where it could not be read. */
  readonly deletionForbidden: boolean | null;
  readonly forcePushForbidden: boolean | null;
}

/** `because`: clauses, each a whole reason. */
export type Standing =
  | { readonly gate: "holds" }
  | { readonly gate: "does not hold" | "unknown"; readonly because: readonly string[] };

/**
 * Whether the gate holds. What could not be read is `unknown`; nothing is taken for fine. A change gets around only if it gets around
 * every rule that is pinned to this App: one that nobody may bypass is enough.
 */
export function standingOf(posture: Posture): Standing {
  const { requiring, unread, appId } = posture;
  const pinned = requiring.filter(({ pinnedTo }) => pinnedTo === appId);
  if (pinned.length === 0 && unread.length > 0) return { gate: "unknown", because: unread };
  if (pinned.length === 0) return { gate: "does not hold", because: [unpinnedClause(posture)] };
  if (pinned.some(({ bypass }) => bypass?.length === 0)) return { gate: "holds" };
  const around = pinned.map(({ bypass }) => bypass);
  if (around.includes(null)) return { gate: "unknown", because: [bypassUnknown] };
  const named = [...new Set(around.flatMap((actors) => (actors ?? []).map(bypassClause)))];
  return { gate: "does not hold", because: [`it can be bypassed by ${named.join(", ")}`] };
}

const bypassUnknown = "who may bypass it: GitHub tells that only to those who may change the rules";

/** What is known for certain, as a clause: "check `sallyport` is required on `main` and pinned to this app". */
export function requirementClause({ requiring, appId, checkName, branch }: Posture): string {
  const check = `check \`${checkName}\``;
  if (requiring.length === 0) return `${check} was not found among the required ones of \`${branch}\``;
  const isPinned = requiring.some(({ pinnedTo }) => pinnedTo === appId);
  return `${check} is required on \`${branch}\` and ${isPinned ? "pinned to this app" : "not pinned to this app"}`;
}

/** What weakens a branch beside the check, as clauses. */
export function weaknesses({ deletionForbidden, forcePushForbidden, branch }: Posture): readonly string[] {
  return [
    ...(forcePushForbidden === false ? [`\`${branch}\` may be force-pushed`] : []),
    ...(deletionForbidden === false ? [`\`${branch}\` may be deleted`] : []),
  ];
}

function unpinnedClause({ requiring, checkName, branch }: Posture): string {
  if (requiring.length === 0) return `the check \`${checkName}\` is not required on \`${branch}\``;
  if (requiring.every(({ pinnedTo }) => pinnedTo !== null)) {
    return `the check \`${checkName}\` is required on \`${branch}\` from another app than this one`;
  }
  return `the check \`${checkName}\` is required on \`${branch}\`, but not pinned to this app: whoever may write can post one of that name`;
}

/** "app 12 (always)". */
function bypassClause({ kind, id, mode }: BypassActor): string {
  const who = bypassName(kind, id);
  switch (mode) {
    case "always":
      return `${who} (always)`;
    case "pull_request":
      return `${who} (for pull requests)`;
    case "exempt":
      return `${who} (exempt, which leaves no trace)`;
    default:
      return unreachable(mode);
  }
}

/** GitHub's numbers of the roles that every repository has. */
const roleNames: ReadonlyMap<number, string> = new Map([
  [2, "role maintain"],
  [4, "role write"],
  [5, "role admin"],
]);

/** An agent on the bypass list is the gate's own subject. https://api.github.com/apps/copilot-swe-agent */
const copilotAppId = 1_143_301;

function bypassName(kind: BypassActor["kind"], id: number | null): string {
  switch (kind) {
    case "administrators":
      return "administrators of the repository";
    case "organisation_administrators":
      return "owners of the organisation";
    case "deploy_keys":
      return "deploy keys";
    case "this_app":
      return "this app itself";
    case "role":
      return roleNames.get(id ?? 0) ?? `role ${id}`;
    case "app":
      return id === copilotAppId ? `app ${id} (the cloud agent of GitHub Copilot)` : `app ${id}`;
    case "team":
    case "user":
      return `${kind} ${id}`;
    default:
      return unreachable(kind);
  }
}
