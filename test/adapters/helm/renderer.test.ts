import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { defaultHelmLimits, type HelmLimits, HelmRenderer } from "../../../src/adapters/helm/renderer.ts";
import type { ChartInput } from "../../../src/core/helm/chart-files.ts";
import type { Rendering } from "../../../src/core/helm/rendering.ts";
import { standIn } from "./stand-in.ts";

const path = "/usr/local/bin:/usr/bin:/bin";
const signal = new AbortController().signal;
let program = "";
beforeAll(async () => {
  program = await standIn();
});
afterEach(() => vi.unstubAllEnvs());

function chart(mode: string, more: Readonly<Record<string, string>> = {}): ChartInput {
  const files = { "Chart.yaml": "name: web\n", "templates/app.yaml": "kind: Deployment\n", mode, ...more };
  return { name: "web", files: new Map(Object.entries(files)), values: ["a: 1\n", "b: 2\n"] };
}

async function rendered(input: ChartInput, limits: Partial<HelmLimits> = {}, named = program): Promise<Rendering> {
  return await new HelmRenderer({ program: named, path }, { ...defaultHelmLimits, ...limits }).render(input, signal);
}

function textOf(rendering: Rendering): string {
  return rendering.kind === "manifests" ? rendering.text : `failed: ${rendering.because}`;
}

/** Whether an ordinary process of this machine may have a network of its own. */
function isolates(): boolean {
  try {
    execFileSync("unshare", ["--map-root-user", "--net", "--", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A program that writes down what it was started with, and prints nothing. */
async function recorder(): Promise<{
  readonly named: string;
  readonly seen: (what: "arguments" | "environment") => string;
}> {
  const folder = dirname(await standIn());
  const named = `${folder}/recorder`;
  const lines = [
    "#!/bin/sh",
    'if [ "$1" = version ]; then echo v3.1.0; exit 0; fi',
    `echo "$*" >> ${folder}/arguments`,
    `{ env; ls -A "$HOME" "$HELM_PLUGINS"; } > ${folder}/environment`,
  ];
  await writeFile(named, lines.join("\n"), { mode: 0o755 });
  return { named, seen: (what) => readFileSync(`${folder}/${what}`, "utf8") };
}

describe("what the program is given", () => {
  test("the chart, a release named after it, and the values files in their order", async () => {
    const { named, seen } = await recorder();
    await rendered(chart(""), {}, named);
    const [first] = seen("arguments").split("\n");
    const folder = String.raw`\S+/sallyport-helm-\w+`;
    expect(first).toMatch(
      new RegExp(
        `^template web ${folder}/chart --namespace default --skip-tests --values ${folder}/values-0.yaml --values ${folder}/values-1.yaml$`,
        "u",
      ),
    );
  });

  test("an environment of its own: nothing of this process, no plugins, no cluster, no registry", async () => {
    vi.stubEnv("HELM_PLUGINS", "/secret/plugins");
    vi.stubEnv("HTTPS_PROXY", "http://secret.example");
    vi.stubEnv("PRIVATE_KEY", "secret");
    const { named, seen } = await recorder();
    await rendered(chart(""), {}, named);
    const written = seen("environment");
    const names = [...written.matchAll(/^([A-Z_]+)=/gmu)].map(([, name = ""]) => name);
    expect(names.filter((name) => !["PWD", "OLDPWD", "SHLVL", "_"].includes(name)).toSorted()).toEqual([
      "GOMEMLIMIT",
      "HELM_CACHE_HOME",
      "HELM_CONFIG_HOME",
      "HELM_DATA_HOME",
      "HELM_PLUGINS",
      "HELM_REGISTRY_CONFIG",
      "HELM_REPOSITORY_CACHE",
      "HELM_REPOSITORY_CONFIG",
      "HOME",
      "KUBECONFIG",
      "LC_ALL",
      "PATH",
      "TMPDIR",
    ]);
    expect(written).not.toContain("secret");
    expect(written).toMatch(/home:\nplugins\n\n\S*plugins:\n$/u);
  });

  test("its manifests are taken as it prints them", async () => {
    expect(textOf(await rendered(chart("")))).toBe("---\n# Source: web/templates/app.yaml\nkind: Deployment\n");
  });

  test("no network, where this machine can take it away", async () => {
    const seen = textOf(await rendered(chart("network")));
    const interfaces = [...seen.matchAll(/^\s*(\S+):/gmu)].map(([, name]) => name);
    expect(interfaces.includes("lo")).toBe(true);
    expect(isolates() ? interfaces : ["lo"]).toEqual(["lo"]);
  });

  test("only the texts of the chart, and nothing stays behind", async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("sallyport-helm-"));
    const seen = textOf(await rendered(chart("files", { "charts/cache/Chart.yaml": "name: cache\n" })));
    expect(seen.split("\n")).toEqual([
      "./Chart.yaml",
      "./charts/cache/Chart.yaml",
      "./mode",
      "./templates/app.yaml",
      "chart",
      "home",
      "values-0.yaml",
      "values-1.yaml",
      "",
    ]);
    const after = readdirSync(tmpdir()).filter((name) => name.startsWith("sallyport-helm-"));
    expect(after.filter((name) => !before.includes(name))).toEqual([]);
  });

  test("no file outside of its folder, whatever a path says", async () => {
    expect(await rendered(chart("", { "../../escaped.yaml": "x" }))).toEqual({
      kind: "failed",
      because: "a path of the chart leads out of it",
    });
    expect(await rendered(chart("", { ["a".repeat(300)]: "x" }))).toEqual({
      kind: "failed",
      because: "the chart could not be written (ENAMETOOLONG)",
    });
  });
});

describe("what goes wrong is no rendering, and says why", () => {
  test.each([
    ["it hangs", "hang", { runMs: 300 }, "`helm template` was stopped: it took longer than 0.3 s"],
    ["it floods", "flood", { outputBytes: 4096 }, "`helm template` was stopped: it wrote more than 4 KiB"],
    ["it crashes", "crash", {}, "`helm template` was stopped: it was ended by SIGSEGV"],
    [
      "it refuses the chart",
      "fail",
      {},
      "`helm template` failed: `Error: template: web/templates/'a'.yaml:3 of /chart: no such value`",
    ],
    [
      "it gives something else each time",
      "random",
      {},
      "two runs of `helm template` on the same chart gave different manifests",
    ],
  ])("%s", async (_, mode, limits, because) => {
    expect(await rendered(chart(mode), limits)).toEqual({ kind: "failed", because });
  });

  test("what it started in the background ends with it", async () => {
    await rendered(chart("hang"), { runMs: 300 });
    const left = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
    expect(left).not.toContain("sleep 613");
  });

  test("there is no such program, or it is another one", async () => {
    for (const named of ["/nowhere/helm", "/bin/echo"])
      expect(await rendered(chart(""), {}, named)).toEqual({
        kind: "failed",
        because: "`helm version` does not answer as Helm 3 or later does",
      });
  });

  test("a look that is given up rejects, and the next one is not judged by it", async () => {
    const renderer = new HelmRenderer({ program, path }, defaultHelmLimits);
    await expect(renderer.render(chart(""), AbortSignal.abort(new Error("given up")))).rejects.toThrow("given up");
    expect((await renderer.render(chart(""), signal)).kind).toBe("manifests");
  });
});

test("the same chart is rendered once, by its texts, its values and the program's version", async () => {
  const { named, seen } = await recorder();
  const renderer = new HelmRenderer({ program: named, path }, defaultHelmLimits);
  const count = (): number => seen("arguments").split("\n").length - 1;
  await renderer.render(chart(""), signal);
  await renderer.render(chart(""), signal);
  // Twice for the one rendering: both runs have to agree.
  expect(count()).toBe(2);
  await renderer.render({ ...chart(""), values: ["b: 2\n", "a: 1\n"] }, signal);
  expect(count()).toBe(4);
});
