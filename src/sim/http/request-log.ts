import type { Permissions } from "../state/model.ts";

export interface RequestEntry {
  readonly method: string;
  /** GitHub's template of the route, or the path itself where no route matched. */
  readonly route: string;
  readonly path: string;
  readonly status: number;
  /** Who asked: `installation 1007`, `account 3`, `app 5` or `anonymous`. */
  readonly sender: string;
  /** The permission that let an installation token in. */
  readonly used: Permissions | null;
}

/** Every request that reached the fake, in order. */
export class RequestLog {
  #entries: RequestEntry[] = [];

  add(entry: RequestEntry): void {
    this.#entries.push(entry);
  }

  get entries(): readonly RequestEntry[] {
    return this.#entries;
  }

  /** How many requests had this method and template, for example "GET /repos/{owner}/{repo}/git/trees/{sha}". */
  count(route: string): number {
    return this.#entries.filter((entry) => `${entry.method} ${entry.route}` === route).length;
  }

  /** The highest level of every permission that installation tokens made use of. */
  usedPermissions(): Permissions {
    const used: Record<string, "read" | "write" | "admin"> = {};
    for (const entry of this.#entries)
      for (const [name, level] of Object.entries(entry.used ?? {}))
        if (level === "write" || used[name] === undefined) used[name] = level;
    return used;
  }

  clear(): void {
    this.#entries = [];
  }
}
