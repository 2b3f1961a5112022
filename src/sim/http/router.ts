import type { Route } from "./call.ts";

export interface Match {
  readonly route: Route;
  readonly params: ReadonlyMap<string, string>;
}

interface Compiled {
  readonly route: Route;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

/** Finds routes by GitHub's own path templates. */
export class Router {
  readonly #routes: readonly Compiled[];

  /** @throws Error when two routes share method and template. */
  constructor(routes: readonly Route[]) {
    const seen = new Set<string>();
    for (const { method, path } of routes) {
      if (seen.has(`${method} ${path}`))
        throw new Error(`Cannot build the routes: ${method} ${path} is defined twice.`);
      seen.add(`${method} ${path}`);
    }
    // Literal segments win over parameters, as /pulls/{n}/files does over a path that spans slashes.
    this.#routes = routes.map(compile).sort((a, b) => weight(b.route.path) - weight(a.route.path));
  }

  find(method: string, pathname: string): Match | undefined {
    for (const { route, pattern, names } of this.#routes) {
      if (route.method !== method) continue;
      const found = pattern.exec(pathname);
      if (found === null) continue;
      return { route, params: new Map(names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? "")])) };
    }
    return undefined;
  }
}

function compile(route: Route): Compiled {
  const names: string[] = [];
  const source = route.path.replaceAll(
    /\{(\w+)(\+?)\}|[.*?^$()|[\]\\]/g,
    (token, name: string | undefined, spans: string) => {
      if (name === undefined) return `\\${token}`;
      names.push(name);
      return spans === "+" ? "(.+)" : "([^/]+)";
    },
  );
  return { route, pattern: new RegExp(`^${source}$`), names };
}

function weight(path: string): number {
  return (
    path.split("/").reduce((sum, segment) => sum + (segment.startsWith("{") ? 0 : 100), 0) -
    (path.includes("+}") ? 1 : 0)
  );
}
