import { describe, expect, test } from "vitest";
import { type ChartRenderer, withRendered } from "../../src/app/chart-rendering.ts";
import type { Tree, TreeEntry } from "../../src/core/change/build.ts";
import { changeSet } from "../../src/core/change/build.ts";
import type { ChangeSet, Content } from "../../src/core/change/change-set.ts";
import { applyEdits } from "../../src/core/evaluate/fix.ts";
import type { ChartInput } from "../../src/core/helm/chart-files.ts";
import { sha256 } from "../../src/lib/digest.ts";

type Texts = Readonly<Record<string, string | Content>>;

/** Git's side of a repository whose files are these. */
function sideOf(texts: Texts, contents: Map<string, Content>): Tree {
  return new Map(
    Object.entries(texts).map(([path, text]): [string, TreeEntry] => {
      const content: Content = typeof text === "string" ? { kind: "text", text } : text;
      const sha = sha256(JSON.stringify(content));
      contents.set(sha, content);
      return [path, { mode: content.kind === "symlink" ? "120000" : "100644", sha }];
    }),
  );
}

interface Outcome {
  readonly change: ChangeSet;
  readonly inputs: readonly ChartInput[];
}

function printed({ files, values }: ChartInput): string {
  return JSON.stringify([...files, ...values]);
}

/** What comes of a change, with a renderer that prints all that it is given. */
async function rendered(
  before: Texts,
  after: Texts,
  { off = false, print = printed }: { readonly off?: boolean; readonly print?: (input: ChartInput) => string } = {},
): Promise<Outcome> {
  const contents = new Map<string, Content>();
  const [base, head] = [sideOf(before, contents), sideOf(after, contents)];
  const contentOf = ({ sha }: TreeEntry): Content => contents.get(sha) ?? { kind: "unread", reason: "not asked for" };
  const inputs: ChartInput[] = [];
  const renderer: ChartRenderer = {
    render: async (input) => {
      inputs.push(input);
      const text = print(input);
      return { kind: "manifests", text, digest: sha256(text) };
    },
  };
  const change = changeSet(base, head, [...head.keys()], contentOf);
  const source = { before: base, after: head, read: async () => contentOf, signal: new AbortController().signal };
  return { change: await withRendered(change, off ? null : renderer, source), inputs };
}

const web = {
  "charts/web/Chart.yaml": "name: web",
  "charts/web/values.yaml": "replicas: 1",
  "charts/web/values-production.yaml": "replicas: 5",
  "charts/web/templates/app.yaml": "kind: {{ a }}",
  "charts/web/README.md": "# web",
  "k8s/other.yaml": "x: 1",
};

function told({ change }: Outcome): readonly string[] {
  return (change.rendered ?? []).map(
    ({ path, before, after }) => `${path} ${before?.kind ?? "absent"} ${after?.kind ?? "absent"}`,
  );
}

describe("which charts are rendered", () => {
  test("one whose template changes: with each set of values", async () => {
    const outcome = await rendered(web, { ...web, "charts/web/templates/app.yaml": "kind: {{ b }}" });
    expect(told(outcome)).toEqual([
      "charts/web/values.yaml manifests manifests",
      "charts/web/values-production.yaml manifests manifests",
    ]);
    const [first, , third] = outcome.inputs;
    expect(Object.fromEntries(first?.files ?? [])).toEqual({
      "Chart.yaml": "name: web",
      "values.yaml": "replicas: 1",
      "values-production.yaml": "replicas: 5",
      "templates/app.yaml": "kind: {{ a }}",
    });
    expect([first?.values, third?.values]).toEqual([[], ["replicas: 5"]]);
  });

  test("one with a values file that changes: with that file alone", async () => {
    const outcome = await rendered(web, { ...web, "charts/web/values-production.yaml": "replicas: 50" });
    expect(told(outcome)).toEqual(["charts/web/values-production.yaml manifests manifests"]);
  });

  test("one that a changed chart is part of", async () => {
    const shop = { ...web, "shop/Chart.yaml": 'dependencies: [{ name: web, repository: "file://../charts/web" }]' };
    const outcome = await rendered(shop, { ...shop, "charts/web/templates/app.yaml": "kind: {{ b }}" });
    expect(told(outcome)).toContain("shop/values.yaml manifests manifests");
    expect(outcome.inputs.at(-1)?.files.get("charts/web/templates/app.yaml")).toBe("kind: {{ b }}");
  });

  test("none where the change is none of theirs, is a text for people, or nobody renders", async () => {
    for (const other of [{ "k8s/other.yaml": "x: 2" }, { "charts/web/README.md": "# Web" }])
      expect((await rendered(web, { ...web, ...other })).change.rendered).toBeUndefined();
    const off = await rendered(web, { ...web, "charts/web/templates/app.yaml": "kind: {{ b }}" }, { off: true });
    expect(off.change.rendered).toBeUndefined();
  });

  test("a chart that comes or goes has one side", async () => {
    const { "k8s/other.yaml": other } = web;
    expect(told(await rendered({ "k8s/other.yaml": other }, web))).toEqual([
      "charts/web/values.yaml absent manifests",
      "charts/web/values-production.yaml absent manifests",
    ]);
  });

  test("a chart of which one file is no plain text is not rendered, and the file is named", async () => {
    const files: readonly [Content, string][] = [
      [{ kind: "binary" }, "is binary, as packaged dependencies are"],
      [{ kind: "symlink", target: "/etc/passwd" }, "is a symbolic link"],
      [{ kind: "unread", reason: "larger than 1 MiB" }, "is not read (larger than 1 MiB)"],
    ];
    for (const [content, because] of files) {
      const with_ = { ...web, "charts/web/charts/cache-1.0.tgz": content };
      const { change, inputs } = await rendered(with_, { ...with_, "charts/web/values.yaml": "replicas: 2" });
      expect(inputs).toEqual([]);
      expect(change.rendered?.[0]?.after).toEqual({
        kind: "failed",
        because: `\`charts/web/charts/cache-1.0.tgz\` ${because}`,
      });
    }
  });

  test("where there are too many of them none is, and each says so", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 25 }, (_, index) => [`charts/web/values-${index}.yaml`, "replicas: 1"]),
    );
    const outcome = await rendered({ ...web, ...many }, { ...web, ...many, "charts/web/templates/app.yaml": "b" });
    expect(outcome.inputs).toEqual([]);
    expect(outcome.change.rendered).toMatchObject([{ chart: "charts/web", after: { kind: "failed" } }]);
  });
});

test("texts that are the same on both sides are not carried along", async () => {
  const edited = { ...web, "charts/web/templates/app.yaml": "kind: {{ b }}" };
  const { change } = await rendered(web, edited, { print: () => "---\nkind: A\n" });
  const digest = sha256("---\nkind: A\n");
  for (const { before, after } of change.rendered ?? [])
    expect([before, after]).toEqual([
      { kind: "manifests", text: "", digest },
      { kind: "manifests", text: "", digest },
    ]);
});

test("a fix that is tried takes what was rendered away: it was made of other files", async () => {
  const { change } = await rendered(web, { ...web, "charts/web/values.yaml": "replicas: 2" });
  const at = { line: 1, column: 11 };
  const edited = applyEdits(change, [
    { path: "charts/web/values.yaml", start: at, end: { line: 1, column: 12 }, text: "3" },
  ]);
  expect(change.rendered).toHaveLength(2);
  expect(edited?.rendered).toBeUndefined();
});
