import type { Account } from "../../core/facts.ts";
import { agents } from "../../core/provenance/agents.ts";

/**
 * The account that opens the pull request of a local change: `copilot`, the key or a login of an agent in the catalogue (`codex`,
 * `claude[bot]`), or any other login. Ids of accounts that the catalogue does not list cannot be known here and are 0; null is nobody in particular.
 */
export function openerAs(as: string | null): Account {
  if (as === null) return { id: 0, login: "unknown", type: "User" };
  const agent = agents.find(
    ({ key, apps, logins }) =>
      key === (as === "copilot" ? "copilot-cloud-agent" : as) ||
      apps.some((slug) => sameLogin(as, `${slug}[bot]`)) ||
      logins.some((login) => sameLogin(as, login)),
  );
  if (agent === undefined) return { id: 0, login: as, type: as.endsWith("[bot]") ? "Bot" : "User" };
  const slug = agent.apps[0];
  const login = sameLogin(agent.key, as) || as === "copilot" ? (slug === undefined ? as : `${slug}[bot]`) : as;
  return { id: agent.ids[0] ?? 0, login, type: login.endsWith("[bot]") ? "Bot" : "User" };
}

function sameLogin(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
