import type { Particulars, Step } from "../scenario/acts.ts";
import { ownRuns } from "../scenario/own-runs.ts";
import type { Stage } from "../scenario/stage.ts";
import { atLeast, roleOn } from "../state/accounts.ts";
import type { Account, PullRequest } from "../state/model.ts";
import { openPulls } from "../state/pulls.ts";
import { agents, machine } from "./shop.ts";

/** A halt that holds for certain. `lifted`: whom a comment may lift it by. */
interface Brake {
  readonly stops: "agents" | "everyone" | { readonly agent: string };
  readonly liftedBy: "administrator" | "operator";
  readonly because: string;
}

/** The first open pull requests are those that a service without a memory asks about. */
const askedAfterLoss = 3;

/**
 * Which halts hold, followed from the steps alone: what the service recorded or forgot is not asked. Only halts that hold for certain
 * are followed; each way in which one may have been lifted lifts it here.
 */
export class Brakes {
  readonly #stage: Stage;
  #pulled: readonly Brake[] = [];

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Takes in what may lift halts. To be called when the step has been taken and nothing has followed from it yet. */
  lift({ act, given }: Step, calm: boolean): void {
    if (act === "resume" && given.refused === undefined) this.#pulled = [];
    if (act === "server" && given.server === "lose store") this.#pulled = this.#afterLoss();
    if (act === "comment" && this.#mayLift(given, calm)) {
      this.#pulled = this.#pulled.filter(({ liftedBy }) => liftedBy !== "administrator");
    }
  }

  /** Takes in what halts. To be called when everything has followed from the step, with nothing lost or delayed. */
  pull({ act, given }: Step): void {
    const brake = act === "halt" ? ofOperator(given) : act === "comment" ? this.#ofComment(given) : null;
    if (brake !== null) this.#pulled = [...this.#pulled, brake];
  }

  /** Why nothing may let this pull request through, as sentences. */
  against({ author }: PullRequest): readonly string[] {
    const isAgents = agents.some((agent) => agent === author.login);
    return this.#pulled
      .filter(({ stops }) =>
        typeof stops === "object" ? stops.agent === author.login : stops === "everyone" || isAgents,
      )
      .map(({ because }) => because);
  }

  #afterLoss(): readonly Brake[] {
    const remains = openPulls(this.#stage.repository.state)
      .slice(0, askedAfterLoss)
      .some(({ head }) => ownRuns(this.#stage, head.sha).length > 0);
    return remains ? [{ stops: "everyone", liftedBy: "operator", because: "the store was lost" }] : [];
  }

  /** Who may lift is asked when the comment is read, which may be later where webhooks are late. */
  #mayLift({ comment, by, through }: Particulars<"comment">, calm: boolean): boolean {
    if (!/^\/sallyport resume (?!organisation|agent)/u.test(comment)) return false;
    if (!calm) return true;
    return through === undefined && this.#isPerson(by) && this.#role(by, "admin");
  }

  #ofComment({ comment, by, on, through }: Particulars<"comment">): Brake | null {
    const words = /^\/sallyport halt(?<whom> everyone)?$/u.exec(comment)?.groups;
    if (words === undefined || through !== undefined || !this.#isPerson(by) || !this.#role(by, "write")) return null;
    if (this.#stage.pull(on).state.state !== "open") return null;
    const stops = words["whom"] === undefined ? "agents" : "everyone";
    return { stops, liftedBy: "administrator", because: `${by} has halted ${stops}` };
  }

  #isPerson(login: string): boolean {
    const account: Account = this.#stage.account(login);
    return account.type === "User" && account.login !== machine;
  }

  #role(login: string, role: "write" | "admin"): boolean {
    const { github, repository } = this.#stage;
    return atLeast(roleOn(github.world, repository.state, this.#stage.account(login)), role);
  }
}

/** Administrators lift what holds in their repository alone, whoever halted it. What is halted only in the middle of a later look is not certain. */
function ofOperator({ halt, agent, everyone, during, refused }: Particulars<"halt">): Brake | null {
  if (during !== undefined || refused !== undefined) return null;
  const liftedBy = halt === "repository" ? "administrator" : "operator";
  const stops = agent === undefined ? (everyone === true ? "everyone" : "agents") : { agent };
  return { stops, liftedBy, because: "the operator has halted it" };
}
