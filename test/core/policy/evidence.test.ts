import { describe, expect, it } from "vitest";
import { effective, mistakes } from "./read.ts";

const plan = "acme/ci/.github/workflows/plan.yml@refs/heads/main";
const mine = ".github/workflows/mine.yml@refs/heads/main";
const pinned = { repository: "acme/ci", path: ".github/workflows/plan.yml", ref: "refs/heads/main" };

const file = (plans: string, findings = ""): string =>
  `version: 1\nevidence: { plans: { ${plans} }${findings === "" ? "" : `, findings: { ${findings} }`} }\n`;

describe("evidence of plans", () => {
  it("is asked for wherever any file asks for it", () => {
    const { evidence } = effective({
      organisation: file('required: [{ root: terraform/production, workspace: production }], from: ["' + plan + '"]'),
      own: file('required: [".", "terraform/*"]'),
    });
    expect(evidence.plans.required).toEqual([
      { root: ".", workspace: null },
      { root: "terraform/*", workspace: null },
      { root: "terraform/production", workspace: "production" },
    ]);
  });

  it("is made by whom every file names that names any", () => {
    const { evidence } = effective({
      organisation: file(`required: [terraform], from: ["${plan}"]`),
      own: file(`from: ["${plan}", "${mine}"]`),
    });
    expect(evidence.plans.from).toEqual([pinned]);
  });

  it("is made by nobody where the file that asks for it names nobody", () => {
    const asked = file("required: [terraform]");
    expect(effective({ organisation: asked, own: file(`from: ["${mine}"]`) }).evidence.plans.from).toEqual([]);
    expect(effective({ own: asked }).evidence.plans.from).toEqual([]);
  });

  it("is made by the organisation's workflow where a repository asks for it alone", () => {
    const { evidence } = effective({
      organisation: file(`from: ["${plan}"]`),
      own: file("required: [terraform]"),
      base: file(`from: ["${plan}", "${mine}"]`),
    });
    expect(evidence.plans.from).toEqual([pinned]);
  });

  it.each(["plan.yml@refs/heads/main", "acme/ci/plan.yml@refs/heads/main", `${plan.replace(/@.*/u, "@main")}`, "*"])(
    "is made by no workflow that is not named whole: %s",
    (workflow) => {
      expect(mistakes(file(`from: ["${workflow}"]`))).toEqual([
        expect.stringContaining("with a branch, a tag or a commit after the @"),
      ]);
    },
  );
});

describe("what other scanners found at the base", () => {
  it("is known from nobody whom the first file does not name", () => {
    const own = `version: 1\nevidence: { findings: { from: ["${mine}"] } }\n`;
    expect(effective({ own }).evidence.findings.from).toHaveLength(1);
    expect(effective({ organisation: "version: 1\n", own }).evidence.findings.from).toEqual([]);
    expect(effective({ own: "version: 1\n", base: own }).evidence.findings.from).toEqual([]);
  });
});
