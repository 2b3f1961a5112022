import type { Delivery, Target } from "../../src/app/ports.ts";
import type { Entry } from "../../src/core/ledger/entry.ts";
import type { PullRequestSubject, Repository } from "../../src/core/subject.ts";

export const repository: Repository = { id: 7, owner: "acme", name: "shop" };

export function pullRequest(number: number): PullRequestSubject {
  return { kind: "pull_request", installationId: 1, repository, number };
}

export function delivery(id: string, ...numbers: readonly number[]): Delivery {
  return {
    id,
    event: "pull_request",
    marks: numbers.map((number) => ({ kind: "changed", subject: pullRequest(number) })),
  };
}

/** A SHA made of one hexadecimal digit. */
export function sha(digit: string): string {
  return digit.repeat(40);
}

export function target(digit: string, checkName = "sallyport"): Target {
  return { repository, headSha: sha(digit), checkName };
}

export function swept(atMs: number): Entry {
  return { kind: "swept", atMs, marked: 0 };
}
