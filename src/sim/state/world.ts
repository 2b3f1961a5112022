import type { SimEvent } from "./events.ts";
import type { Account, App, Installation, Repository, Team } from "./model.ts";
import { notFound } from "./refused.ts";

/** The only source of time: milliseconds since 1970. */
export interface Clock {
  now(): number;
}

/** GitHub's ceilings; tests lower them to reach them with small repositories. Source of the defaults: GitHub's REST reference. */
export interface Ceilings {
  readonly treeEntries: number;
  readonly pullFiles: number;
  readonly pullCommits: number;
  readonly compareFiles: number;
  readonly compareCommits: number;
  /** Of a comparison asked for page by page. GitHub states none; lowered, the pages end early. */
  readonly compareCommitsPaged: number;
  /** A file with more changed lines, or a larger patch, is listed without its patch. */
  readonly patchLines: number;
  readonly patchBytes: number;
  /** GraphQL hands out a blob's text up to here, and marks it as truncated. */
  readonly blobTextBytes: number;
}

export const GITHUB_CEILINGS: Ceilings = {
  treeEntries: 100_000,
  pullFiles: 3000,
  pullCommits: 250,
  compareFiles: 300,
  compareCommits: 250,
  compareCommitsPaged: Number.POSITIVE_INFINITY,
  patchLines: 20_000,
  patchBytes: 500_000,
  blobTextBytes: 512_000,
};

/** All state of one fake GitHub, the clock and the counter that names things. */
export class World {
  readonly clock: Clock;
  readonly ceilings: Ceilings;
  /** Where this GitHub's API is reached: named by the one webhook whose receiver compares it. */
  apiUrl = "https://api.github.com";
  readonly accounts = new Map<number, Account>();
  readonly organizationMembers = new Map<number, Map<number, "admin" | "member">>();
  readonly teams: Team[] = [];
  readonly apps = new Map<number, App>();
  readonly installations = new Map<number, Installation>();
  readonly repositories = new Map<number, Repository>();
  readonly #listeners: ((event: SimEvent) => void)[] = [];
  #lastId = 1000;

  constructor(clock: Clock, ceilings: Ceilings) {
    this.clock = clock;
    this.ceilings = ceilings;
  }

  now(): number {
    return this.clock.now();
  }

  /** One counter for everything, so later things have larger ids, as the order of check runs relies on. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  onEvent(listener: (event: SimEvent) => void): void {
    this.#listeners.push(listener);
  }

  emit(event: SimEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  findAccount(login: string): Account | undefined {
    const wanted = login.toLowerCase();
    return [...this.accounts.values()].find((account) => account.login.toLowerCase() === wanted);
  }

  /** @throws Refused 404 */
  account(login: string): Account {
    const account = this.findAccount(login);
    if (account === undefined) throw notFound();
    return account;
  }

  findRepository(owner: string, name: string): Repository | undefined {
    const wanted = `${owner}/${name}`.toLowerCase();
    return [...this.repositories.values()].find((repository) => fullName(repository).toLowerCase() === wanted);
  }
}

export function fullName(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}
