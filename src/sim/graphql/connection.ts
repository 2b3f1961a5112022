import { Refused } from "../state/refused.ts";

const PAGE_LIMIT = 100;

export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
}

/** One page of a list as Relay shapes it. @throws Refused without `first` or `last`, or beyond 100, as GitHub does. */
export function connection<T>(
  items: readonly T[],
  { first, after, last }: PageArguments,
  node: (item: T) => object,
): object {
  const size = first ?? last;
  if (size === undefined || size === null)
    throw new Refused(422, "You must provide a `first` or `last` value to properly paginate the connection.");
  if (size < 1 || size > PAGE_LIMIT)
    throw new Refused(422, `Requesting ${size} records on the connection exceeds the limit of ${PAGE_LIMIT} records.`);
  const from = after === undefined || after === null ? 0 : Number(Buffer.from(after, "base64").toString("utf8"));
  const start = typeof first === "number" ? from : Math.max(0, items.length - size);
  const page = items.slice(start, start + size);
  const cursor = (index: number): string => Buffer.from(String(start + index + 1)).toString("base64");
  return {
    totalCount: items.length,
    nodes: () => page.map(node),
    edges: () => page.map((item, index) => ({ cursor: cursor(index), node: node(item) })),
    pageInfo: {
      hasNextPage: start + size < items.length,
      hasPreviousPage: start > 0,
      startCursor: page.length === 0 ? null : cursor(0),
      endCursor: page.length === 0 ? null : cursor(page.length - 1),
    },
  };
}
