import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import type { ChartRenderer } from "../../app/chart-rendering.ts";
import type { ChartInput } from "../../core/helm/chart-files.ts";
import type { Rendering } from "../../core/helm/rendering.ts";
import { sha256 } from "../../lib/digest.ts";
import { byCodeUnits } from "../../lib/order.ts";
import { type Ran, run, type RunLimits } from "./run.ts";

export interface HelmLimits extends RunLimits {
  /** Address space of one run. Go reserves more than it uses. */
  readonly memoryBytes: number;
  /** Renderings that are remembered; each is at most `outputBytes`. */
  readonly remembered: number;
}

export const defaultHelmLimits: HelmLimits = {
  runMs: 15_000,
  outputBytes: 1024 * 1024,
  memoryBytes: 4 * 1024 * 1024 * 1024,
  remembered: 64,
};

/** What the renderer is told from outside. */
export interface HelmEnvironment {
  /** The program: a path, or a name that is looked up in `path`. */
  readonly program: string;
  readonly path: string;
}

/** How a run is confined on this machine: arguments that come before the program. */
interface Confinement {
  readonly before: readonly string[];
  readonly version: string;
}

/** The program cannot be used at all, whatever chart it is given. */
interface Unusable {
  readonly because: string;
}

/**
 * `helm template` on the texts of a chart, in a folder of its own that is gone afterwards. Helm reads no configuration, plugin,
 * repository or cluster of this machine, and no variable but those below. Where the machine lets an ordinary process have a network
 * namespace of its own, it has no network either; by itself this command asks nobody. https://helm.sh/docs/helm/helm_template/
 */
export class HelmRenderer implements ChartRenderer {
  readonly #environment: HelmEnvironment;
  readonly #limits: HelmLimits;
  readonly #known = new Map<string, Rendering>();
  #confinement: Promise<Confinement | Unusable> | null = null;

  constructor(environment: HelmEnvironment, limits: HelmLimits = defaultHelmLimits) {
    this.#environment = environment;
    this.#limits = limits;
  }

  async render(input: ChartInput, signal: AbortSignal): Promise<Rendering> {
    this.#confinement ??= this.#confine(signal);
    const confinement = await this.#confinement.catch((error: unknown) => {
      // An aborted look must not decide for those that come after it.
      this.#confinement = null;
      throw error;
    });
    if ("because" in confinement) return failed(confinement.because);
    const key = sha256(
      JSON.stringify([
        confinement.version,
        input.name,
        [...input.files].toSorted(([a], [b]) => byCodeUnits(a, b)),
        input.values,
      ]),
    );
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const rendering = await this.#twice(input, confinement, signal);
    this.#remember(key, rendering);
    return rendering;
  }

  /** A chart with a random or dated part says nothing of the change: both runs must agree. */
  async #twice(input: ChartInput, confinement: Confinement, signal: AbortSignal): Promise<Rendering> {
    const first = await this.#once(input, confinement, signal);
    if (first.kind === "failed") return first;
    const second = await this.#once(input, confinement, signal);
    if (second.kind === "failed") return second;
    return first.digest === second.digest
      ? first
      : failed("two runs of `helm template` on the same chart gave different manifests");
  }

  async #once(input: ChartInput, { before, version }: Confinement, signal: AbortSignal): Promise<Rendering> {
    return await inFolder(async (folder) => {
      const written = await write(input, folder);
      if ("because" in written) return failed(written.because);
      const { chart, values } = written;
      const given = values.flatMap((file) => ["--values", file]);
      const args = ["template", releaseName(input.name), chart, "--namespace", "default", "--skip-tests", ...given];
      const ran = await this.#run([...before, this.#environment.program, ...args], folder, signal);
      if (ran.kind === "stopped") return failed(`\`helm template\` was stopped: ${ran.because}`);
      if (ran.code !== 0) return failed(`\`helm template\` failed: ${firstLine(ran.stderr, folder)}`);
      const text = ran.stdout;
      return { kind: "manifests", digest: sha256(`${version}\n${text}`), text };
    });
  }

  /** Asks the program for its version, and finds what this machine confines a process with. Never asked again: both stay. */
  async #confine(signal: AbortSignal): Promise<Confinement | Unusable> {
    return await inFolder(async (folder) => {
      const works = async (before: readonly [string, ...(readonly string[])]): Promise<boolean> => {
        const ran = await this.#run([...before, "true"], folder, signal);
        return ran.kind === "ended" && ran.code === 0;
      };
      const network = ["unshare", "--map-root-user", "--net", "--"] as const;
      const memory = ["prlimit", `--as=${this.#limits.memoryBytes}`, "--core=0", "--"] as const;
      const before = [...((await works(network)) ? network : []), ...((await works(memory)) ? memory : [])];
      const asked = await this.#run([...before, this.#environment.program, "version", "--short"], folder, signal);
      if (asked.kind === "stopped") return { because: `\`helm version\` was stopped: ${asked.because}` };
      const version = asked.stdout.trim();
      if (asked.code !== 0 || !/^v\d+\.\d+\.\d+\S*$/u.test(version))
        return { because: "`helm version` does not answer as Helm 3 or later does" };
      return { before, version };
    });
  }

  async #run(command: readonly string[], folder: string, signal: AbortSignal): Promise<Ran> {
    const home = join(folder, "home");
    const environment = {
      PATH: this.#environment.path,
      HOME: home,
      TMPDIR: folder,
      LC_ALL: "C",
      GOMEMLIMIT: "1GiB",
      HELM_CACHE_HOME: join(home, "cache"),
      HELM_CONFIG_HOME: join(home, "config"),
      HELM_DATA_HOME: join(home, "data"),
      HELM_PLUGINS: join(home, "plugins"),
      HELM_REGISTRY_CONFIG: join(home, "registry.json"),
      HELM_REPOSITORY_CONFIG: join(home, "repositories.yaml"),
      HELM_REPOSITORY_CACHE: join(home, "repositories"),
      KUBECONFIG: join(home, "kubeconfig"),
    };
    const [program = "", ...args] = command;
    return await run([program, ...args], { cwd: folder, environment }, this.#limits, signal);
  }

  #remember(key: string, rendering: Rendering): void {
    // What failed for want of time or memory may do better later.
    if (rendering.kind === "failed") return;
    this.#known.set(key, rendering);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= this.#limits.remembered) return;
      this.#known.delete(oldest);
    }
  }
}

/** Writes the texts and nothing else: no links, no modes, nothing outside of the folder. */
async function write(
  { files, values }: ChartInput,
  folder: string,
): Promise<{ readonly chart: string; readonly values: readonly string[] } | Unusable> {
  const chart = join(folder, "chart");
  const all = new Map([...files].map(([path, text]) => [join(chart, path), text]));
  if ([...all.keys()].some((to) => relative(chart, to).split(sep)[0] === ".."))
    return { because: "a path of the chart leads out of it" };
  const written = values.map((text, index) => [join(folder, `values-${index}.yaml`), text] as const);
  try {
    for (const [to, text] of [...all, ...written]) {
      await mkdir(dirname(to), { recursive: true });
      await writeFile(to, text);
    }
  } catch (error) {
    // A name that no file of this machine can have, or no room left.
    return {
      because: `the chart could not be written (${error instanceof Error && "code" in error ? String(error.code) : "unknown"})`,
    };
  }
  return { chart, values: written.map(([to]) => to) };
}

/** A folder for one run, with an empty home in it. */
async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-helm-"));
  try {
    await mkdir(join(folder, "home", "plugins"), { recursive: true });
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function failed(because: string): Rendering {
  return { kind: "failed", because };
}

/** Helm takes lower-case names of 53 characters. */
function releaseName(chart: string): string {
  const name = chart
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/gu, "-")
    .slice(0, 53)
    .replaceAll(/^-+|-+$/gu, "");
  return name === "" ? "chart" : name;
}

const lineLength = 200;

/** What Helm said, as words of whoever wrote the chart: one line, without the folder that is gone, and without marks of code. */
function firstLine(stderr: string, folder: string): string {
  const line = stderr.split("\n").find((one) => one.startsWith("Error:")) ?? stderr.split("\n")[0] ?? "";
  const said = line.replaceAll(folder, "").replaceAll("`", "'").trim();
  return said === "" ? "it said nothing" : `\`${said.slice(0, lineLength)}\``;
}
