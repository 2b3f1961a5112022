import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/**
 * Makes the real plans that the tests judge, with the `terraform` on the path: `node scripts/terraform-plans.ts`. Every case starts from
 * the site in test/terraform-plans/base, applied; only resources that Terraform has built in are used, so nothing is fetched.
 */
const folder = join(import.meta.dirname, "../test/terraform-plans");

interface Case {
  readonly about: string;
  /** What the change writes, by path; null: it deletes the file. */
  readonly head?: Readonly<Record<string, string | null>>;
  /** What happens to the state between the last apply and the plan. */
  readonly state?: (root: Root) => void;
  readonly workspace?: string;
  readonly options?: readonly string[];
}

interface Root {
  readonly directory: string;
  readonly run: (...words: readonly string[]) => string;
}

const main = readFileSync(join(folder, "base/main.tf"), "utf8");
const edited = (from: string, to: string): Readonly<Record<string, string>> => {
  if (!main.includes(from)) throw new Error(`Cannot write a case: the site does not hold ${from}`);
  return { "main.tf": main.replace(from, to) };
};
/** The bastion stands last. */
const withoutBastion = main.slice(0, main.indexOf('resource "terraform_data" "bastion"'));
const oneTag = edited('site = "courses" }', 'site = "courses", owner = "platform" }');
const stateOf = ({ directory }: Root): string => join(directory, "terraform.tfstate");

const cases: Readonly<Record<string, Case>> = {
  "honest-update": { about: "One tag is added, and reaches what carries it.", head: oneTag },
  "honest-create": {
    about: "A queue is added.",
    head: edited('["mail", "grading"]', '["mail", "grading", "video"]'),
  },
  "honest-delete": {
    about: "The bastion is taken out.",
    head: { "main.tf": withoutBastion },
  },
  "honest-replace": { about: "The bastion gets another image.", head: edited('"image-1"', '"image-2"') },
  "honest-variable": {
    about: "A default is raised, which reaches the database through its module.",
    head: edited('default = "small"', 'default = "large"'),
  },
  "honest-move": {
    about: "The cluster gets another name, with a moved block.",
    head: {
      "main.tf": `${main.replace('"terraform_data" "cluster"', '"terraform_data" "platform"')}\nmoved {\n  from = terraform_data.cluster\n  to   = terraform_data.platform\n}\n`,
    },
  },
  rename: {
    about: "The cluster gets another name, without a moved block.",
    head: edited('"terraform_data" "cluster"', '"terraform_data" "platform"'),
  },
  "honest-forget": {
    about: "The bastion is left to itself.",
    head: {
      "main.tf": `${withoutBastion}removed {\n  from = terraform_data.bastion\n  lifecycle {\n    destroy = false\n  }\n}\n`,
    },
  },
  nothing: { about: "A comment is added.", head: { "main.tf": `# The site.\n${main}` } },
  "state-missing": {
    about: "A new machine without the state: all that exists is to be created once more.",
    head: oneTag,
    state: (root) => rmSync(stateOf(root)),
  },
  "state-foreign": {
    about: "The state of another site was unpacked over ours.",
    head: oneTag,
    state: (root) => {
      rmSync(stateOf(root));
      const other = `resource "terraform_data" "production" {\n  count = 4\n  input = "other site"\n}\n`;
      const kept = readFileSync(join(root.directory, "main.tf"), "utf8");
      writeFileSync(join(root.directory, "main.tf"), other);
      root.run("apply", "-auto-approve", "-input=false");
      writeFileSync(join(root.directory, "main.tf"), kept);
    },
  },
  "state-moved-back": {
    about: "An old copy of the state is back, from before the queues and the database.",
    head: oneTag,
    state: (root) => {
      const state: unknown = JSON.parse(readFileSync(stateOf(root), "utf8"));
      if (typeof state !== "object" || state === null || !("resources" in state) || !Array.isArray(state.resources))
        throw new Error("Cannot move the state back: it is not what Terraform writes.");
      const older = state.resources.filter(
        (one: unknown) => !/"(?:queue|main|snapshot)"/u.test(JSON.stringify(one).slice(0, 200)),
      );
      writeFileSync(stateOf(root), JSON.stringify({ ...state, serial: 1, resources: older }));
    },
  },
  "other-workspace": {
    about: "The plan was made in a workspace in which nothing exists.",
    head: oneTag,
    workspace: "scratch",
  },
  targeted: {
    about: "Only one module was planned.",
    head: oneTag,
    options: ["-target=module.network"],
  },
  destroy: { about: "Everything is to be destroyed.", head: oneTag, options: ["-destroy"] },
  "replace-asked": {
    about: "A replacement was asked for on the command line.",
    head: oneTag,
    options: ["-replace=module.database.terraform_data.main"],
  },
  "stale-base": {
    about: "The branch is old: the base has a resource since, which was applied.",
    head: oneTag,
    state: (root) => {
      const file = join(root.directory, "main.tf");
      const kept = readFileSync(file, "utf8");
      writeFileSync(file, `${kept}\nresource "terraform_data" "since" {\n  input = "new"\n}\n`);
      root.run("apply", "-auto-approve", "-input=false");
      writeFileSync(file, kept);
    },
  },
};

for (const [name, one] of Object.entries(cases)) make(name, one);

function make(name: string, { about, head = {}, state, workspace = "default", options = [] }: Case): void {
  const directory = mkdtempSync(join(tmpdir(), "terraform-plans-"));
  const run = (...words: readonly string[]): string =>
    execFileSync("terraform", [...words], {
      cwd: directory,
      encoding: "utf8",
      env: { ...process.env, TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" },
      maxBuffer: 64 * 1024 * 1024,
    });
  try {
    cpSync(join(folder, "base"), directory, { recursive: true });
    run("init", "-input=false");
    run("apply", "-auto-approve", "-input=false");
    state?.({ directory, run });
    if (workspace !== "default") run("workspace", "new", workspace);
    write(directory, head);
    run("plan", "-input=false", "-out=plan", ...options);
    const into = join(folder, name);
    rmSync(into, { recursive: true, force: true });
    mkdirSync(into, { recursive: true });
    write(join(into, "head"), head);
    writeFileSync(join(into, "plan.json"), `${JSON.stringify(JSON.parse(run("show", "-json", "plan")), null, 1)}\n`);
    const told =
      existsSync(join(directory, "terraform.tfstate")) && workspace === "default" ? run("state", "pull") : "{}";
    const { lineage = null, serial = null } = JSON.parse(told) as { lineage?: string; serial?: number };
    const facts = { about, workspace, lineage, serial, files: Object.keys(head) };
    writeFileSync(join(into, "case.json"), `${JSON.stringify(facts, null, 2)}\n`);
    process.stdout.write(`${name}\n`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function write(directory: string, files: Readonly<Record<string, string | null>>): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    if (text === null) rmSync(file, { force: true });
    else writeFileSync(file, text);
  }
}
