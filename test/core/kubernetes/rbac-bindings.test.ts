import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { parseExample, reversed } from "../../../src/core/example.ts";
import { newlyAllowed } from "../../../src/core/kubernetes/rbac/newly.ts";
import { describeRequests, gravity } from "../../../src/core/kubernetes/rbac/powers.ts";
import type { ChangeSet } from "../../../src/core/change/change-set.ts";
import { kubernetes } from "../../../src/core/views/kubernetes.ts";

const memo = <T>(_: string, compute: () => T): T => compute();
const pair = z.strictObject({
  id: z.string(),
  change: z.string(),
  newly: z.array(z.string()),
  grave: z.boolean().default(false),
  /** `widens`: that it is not silent is all that matters. */
  backwards: z.union([z.array(z.string()), z.literal("widens")]).default([]),
});
const text = readFileSync(new URL("../../corpus/rbac/pairs.yml", import.meta.url), "utf8");
const pairs = z.array(pair).parse(parse(text));

function seen(change: ChangeSet): { readonly newly: readonly string[]; readonly grave: boolean } {
  const all = newlyAllowed(kubernetes(change, { memo }).view.objects, () => ({ targets: [] }));
  const newly = all.flatMap((one) => {
    const whose = (what: string): string => `${one.grant.subject}: ${what.replaceAll("`", "")}`;
    if (one.isUnknown) return [whose(`whatever ${one.grant.roleName} holds`)];
    return [
      ...(one.left ?? []).map((requests) => whose(describeRequests(requests))),
      ...one.urls.map(({ verb, pattern }) => whose(`${verb} of ${pattern}`)),
    ];
  });
  return { newly: [...new Set(newly)].toSorted(), grave: all.some((one) => gravity(one).length > 0) };
}

describe("what roles and bindings newly allow", () => {
  test.each(pairs.map((one) => [one.id, one] as const))("%s", (_, { change, newly, grave, backwards }) => {
    const { change: made } = parseExample(change);
    expect(seen(made)).toEqual({ newly: newly.toSorted(), grave });
    const back = seen(reversed(made)).newly;
    const told = backwards === "widens" && back.length > 0 ? "widens" : back;
    expect(told).toEqual(backwards === "widens" ? backwards : backwards.toSorted());
  });
});
