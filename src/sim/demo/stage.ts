import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { actionsId } from "../../core/provenance/catalogue.ts";
import { type GitHub, startGitHub } from "../github.ts";
import type { Incident } from "../incidents.ts";
import type { SimApp } from "../facade/app.ts";
import type { SimRepository } from "../facade/repository.ts";
import type { Account } from "../state/model.ts";

/** The organisation `acme` on a fake GitHub, with Sallyport's App registered and required on the default branch. */
export interface Stage {
  readonly github: GitHub;
  readonly app: SimApp;
  readonly acme: Account;
  readonly repository: SimRepository;
  /** GitHub Actions, which brings the default branch to staging. */
  readonly actions: SimApp;
  /** Who opens the pull requests of each agent, and the token that the agent acts with. */
  readonly agents: Readonly<Record<Incident["agent"], { readonly account: Account; readonly token: string }>>;
  readonly invoker: Account;
  /** Logins of the people who did not set an agent to work. */
  readonly reviewers: readonly string[];
  tokenOf(login: string): string;
}

/** The manifest that an organisation registers, and what of it the fake needs. */
export function readManifest(name: "app.yml" | "app.enforcer.yml" = "app.yml"): {
  readonly permissions: Record<string, "read" | "write">;
  readonly events: readonly string[];
} {
  const text = readFileSync(new URL(`../../../${name}`, import.meta.url), "utf8");
  const manifest = z.object({
    default_permissions: z.record(z.string(), z.enum(["read", "write"])),
    default_events: z.array(z.string()),
  });
  const { default_permissions: permissions, default_events: events } = manifest.parse(parse(text, { version: "1.2" }));
  return { permissions, events };
}

/** Sets the stage: people, a team, agents, the repository, and the gate as a required check pinned to the App. */
export async function setStage(
  base: ReadonlyMap<string, string>,
  secret: string,
  clock: { now(): number },
): Promise<Stage> {
  const github = await startGitHub({ clock });
  const app = github.app({ slug: "sallyport", ...readManifest(), secret });
  const acme = github.organization("acme");
  const people = ["person-a", "person-b", "person-c", "person-d"].map((login) => github.user(login));
  for (const person of people) acme.member(person);
  const [invoker, ...others] = people;
  if (invoker === undefined) throw new Error("The stage has no people");
  acme.team("dba", { members: others });
  const claude = github.user("claude[bot]", { id: 209_825_114, type: "Bot", appSlug: "claude" });
  const copilot = github.user("Copilot", { id: 198_982_749, type: "Bot", appSlug: "copilot-swe-agent" });
  const repository = acme.repository("infra", {
    files: Object.fromEntries(base),
    people: [...people.map((person) => [person, "write"] as const), [claude, "write"], [copilot, "write"]],
  });
  const actions = github.app({
    slug: "github-actions",
    id: 15_368,
    botId: actionsId,
    permissions: { checks: "write" },
    events: [],
  });
  actions.install(acme.account);
  repository.protect({ requiredChecks: [{ context: "sallyport", app: app.state }] });
  const acting = (account: Account): { readonly account: Account; readonly token: string } => ({
    account,
    token: github.userToken(account),
  });
  return {
    github,
    app,
    acme: acme.account,
    repository,
    actions,
    // Codex opens its pull requests as the person who set it to work.
    agents: { claude: acting(claude), copilot: acting(copilot), codex: acting(invoker) },
    invoker,
    reviewers: others.map(({ login }) => login),
    tokenOf: (login) => {
      const person = people.find((one) => one.login === login);
      if (person === undefined) throw new Error(`Nobody on the stage is called ${login}.`);
      return github.userToken(person);
    },
  };
}
