import { expect, test } from "vitest";
import { parseExample } from "../../../src/core/example.ts";
import { refusedChanges } from "../../../src/core/kubernetes/immutable.ts";
import { kubernetes } from "../../../src/core/views/kubernetes.ts";

function told(was: string, is: string): readonly string[] {
  const { change } = parseExample(`
    M k8s/api.yaml
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: api }
      spec:
    -   selector: { matchLabels: ${was} }
    +   selector: { matchLabels: ${is} }`);
  const { view } = kubernetes(change, { memo: (_, compute) => compute() });
  return view.objects.flatMap(({ before, after }) =>
    before === undefined || after === undefined ? [] : refusedChanges(before, after).map(({ what }) => what),
  );
}

test("labels are shown before and after, as far as they fit", () => {
  expect(told("{ app: api }", "{ app: shop-api }")).toEqual([
    "`{matchLabels:{app:api}}` → `{matchLabels:{app:shop-api}}`",
  ]);
  expect(told("{ app: api }", `{ app: ${"a".repeat(100)} }`)).toEqual(["`{matchLabels:{app:api}}` → other contents"]);
});
