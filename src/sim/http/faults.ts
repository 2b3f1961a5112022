/**
 * How a request is made to fail. `cut` sends half of the right answer and drops the connection. `hang` does what was asked for and never
 * answers.
 */
export type Fault =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly message?: string;
    }
  | { readonly kind: "cut" }
  | { readonly kind: "hang" };

/** "GET /repos/{owner}/{repo}/git/trees/{sha}" or any part of it, or a function of method, template and path. */
export type RequestMatcher =
  | string
  | ((request: { readonly method: string; readonly route: string; readonly path: string }) => boolean);

interface Planned {
  readonly matches: (request: { readonly method: string; readonly route: string; readonly path: string }) => boolean;
  readonly fault: Fault;
  left: number;
}

/** Failures that tests have ordered, spent in the order of ordering. */
export class Faults {
  /** While true, requests are answered as if no failure had been ordered. */
  paused = false;
  #planned: Planned[] = [];

  /** Failures that have been ordered and are still to come. */
  get left(): number {
    return this.#planned.reduce((sum, { left }) => sum + left, 0);
  }

  /** Whether a request may be left without an answer. */
  get hanging(): boolean {
    return !this.paused && this.#planned.some(({ left, fault }) => left > 0 && fault.kind === "hang");
  }

  add(matcher: RequestMatcher, fault: Fault, times: number): void {
    const matches =
      typeof matcher === "function"
        ? matcher
        : (request: { readonly method: string; readonly route: string }) =>
            `${request.method} ${request.route}`.includes(matcher);
    this.#planned.push({ matches, fault, left: times });
  }

  clear(): void {
    this.#planned = [];
  }

  take(request: { readonly method: string; readonly route: string; readonly path: string }): Fault | undefined {
    if (this.paused) return undefined;
    const planned = this.#planned.find(({ left, matches }) => left > 0 && matches(request));
    if (planned === undefined) return undefined;
    planned.left -= 1;
    return planned.fault;
  }
}
