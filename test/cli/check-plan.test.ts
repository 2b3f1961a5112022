import { describe, expect, onTestFinished, test } from "vitest";
import { Sandbox } from "../adapters/git/sandbox.ts";
import { sallyport } from "./run.ts";

const plan = JSON.stringify({
  format_version: "1.2",
  terraform_version: "1.11.4",
  resource_changes: [],
  configuration: { root_module: {} },
  complete: true,
  errored: false,
});
const policy = `version: 1
layout: ["terraform/{environment}/**"]
evidence: { plans: { required: ["terraform/production"], from: ["acme/ci/.github/workflows/plan.yml@refs/heads/main"] } }
`;

/** A repository in which an agent has changed a root that needs a plan. */
function changed(): Sandbox {
  const own = new Sandbox();
  onTestFinished(() => own.remove());
  const files = { ".github/sallyport.yml": policy, "terraform/production/main.tf": "locals { a = 1 }\n" };
  own.commit("base", files);
  own.write("terraform/production/main.tf", "locals { a = 2 }\n");
  return own;
}

describe("a plan on the command line", () => {
  test("counts for the root that it is given for, and the report says that it was given here", async () => {
    const own = changed();
    const gap = "no plan for this head has arrived";
    expect((await sallyport(own.root, ["check", "--as", "copilot"])).out).toContain(gap);
    own.write("../plan.json", plan);
    const given = ["check", "--as", "copilot", "--plan"];
    expect((await sallyport(own.root, [...given, `${own.root}/../plan.json`])).out).toContain(gap);
    const { out } = await sallyport(own.root, [...given, `./terraform/production/=${own.root}/../plan.json`]);
    expect(out).not.toContain(gap);
    expect(out).toContain("given on the command line");
  });

  test("that cannot be read is wrong usage", async () => {
    const own = changed();
    own.write("../plan.json", "no");
    const { code, err } = await sallyport(own.root, ["check", "--plan", `${own.root}/../plan.json`]);
    expect([code, err]).toEqual([64, expect.stringContaining("Cannot read the plan")]);
    expect((await sallyport(own.root, ["check", "--plan", "nowhere.json"])).code).toBe(64);
  });
});
