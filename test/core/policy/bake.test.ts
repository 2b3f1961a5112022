import { describe, expect, it } from "vitest";
import { effective, mistakes } from "./read.ts";

const staging = (more: string): string => `
version: 1
environments:
  staging: { ${more} }
`;
const bakes = `
version: 1
environments:
  staging: { deployments: [staging, stage], deployed_by: ["app:argo", "workflow:acme/shop/.github/workflows/a.yml@refs/heads/main"] }
  production: { bake: { in: staging, for: 24h } }
`;

describe("what proves a deployment", () => {
  it("is what both files say, and only the organisation's where that asks for the bake", () => {
    const own = staging('deployments: [stage, other], deployed_by: ["app:argo", "app:mine"]');
    expect(effective({ organisation: bakes, own }).environments["staging"]).toMatchObject({
      deployments: ["stage"],
      deployedBy: [{ kind: "app", slug: "argo" }],
    });
    const without = "version: 1\nenvironments: { production: { bake: { in: staging, for: 24h } } }\n";
    expect(effective({ organisation: without, own }).environments["staging"]).toMatchObject({
      deployments: [],
      deployedBy: [],
    });
    expect(effective({ organisation: "version: 1\n", own }).environments["staging"]?.deployedBy).toHaveLength(2);
  });

  it.each([
    ["app:github-actions", "the workflow itself"],
    ["github-actions[bot]", "workflow:.github/workflows/deploy.yml@refs/heads/main, or app:SLUG"],
    ["workflow:.github/workflows/deploy.yml", "or app:SLUG"],
    ["workflow:.github/workflows/deploy.yml@refs/tags/v1", "or app:SLUG"],
    ["workflow:deploy.yml@refs/heads/main", "or app:SLUG"],
  ])("is no %s", (witness, told) => {
    expect(mistakes(staging(`deployed_by: ["${witness}"]`))).toEqual([expect.stringContaining(told)]);
  });
});

describe("a bake", () => {
  const bake = (stated: string): string => `
version: 1
environments:
  production: { bake: ${stated} }
`;

  it("lasts the longer time of two files, in each environment that one of them names", () => {
    const { environments, services } = effective({
      organisation: `${bake("{ in: staging, for: 24h, expires: 3d }")}services: { payment: { bake: 48h } }\n`,
      own: `${bake("{ in: development, for: 1h }")}services: { payment: { bake: 1h } }\n`,
      base: bake("{ in: staging, for: 30h }"),
    });
    const hourMs = 3_600_000;
    expect(environments["production"]?.bakes).toEqual([
      { in: "development", at: "merge", forMs: hourMs, expiresMs: 14 * 24 * hourMs },
      { in: "staging", at: "merge", forMs: 30 * hourMs, expiresMs: 72 * hourMs },
    ]);
    expect(services["payment"]?.bakeMs).toBe(48 * hourMs);
  });

  it("at the merge and one at the deployment both hold", () => {
    const { environments } = effective({
      organisation: bake("{ in: staging, for: 24h, at: deployment }"),
      own: bake("{ in: staging, for: 1h }"),
    });
    expect(environments["production"]?.bakes).toMatchObject([
      { in: "staging", at: "deployment", forMs: 86_400_000 },
      { in: "staging", at: "merge", forMs: 3_600_000 },
    ]);
  });

  it.each([
    ["{ in: staging, for: 24h, expires: 1h }", "the proof expires before the time is over"],
    ["{ in: staging, for: 24h, at: noon }", "expected one of"],
    ["{ in: staging, for: soon }", "expected a duration"],
    ["{ in: staging, for: 24h, expires: 367d }", "expected a duration from 1s to 366d"],
  ])("is not %s", (stated, told) => {
    expect(mistakes(bake(stated))).toEqual([expect.stringContaining(told)]);
  });

  it.each([
    ["{ in: nowhere, for: 24h }", 'unknown environment "nowhere"'],
    ["{ in: stagin, for: 24h }", 'did you mean "staging"'],
    ["{ in: stg, for: 24h }", 'write its own name, "staging"'],
    ["{ in: production, for: 24h }", "nothing bakes where it is to go"],
  ])("is none in an environment that there is not: %s", (stated, told) => {
    expect(() => effective({ own: bake(stated) })).toThrow(told);
  });

  it("that can never be complete, or in a place that there is not, is told with its line, its column and what to write", () => {
    const told = (text: string): unknown => {
      try {
        return effective({ own: text });
      } catch (error) {
        return error instanceof Error ? error.message : error;
      }
    };
    const file = "Cannot read policy acme/shop@1f2e3d4:.github/sallyport.yml";
    expect(mistakes(bake("{ in: staging, for: 24h, expires: 1h }"))).toEqual([
      "4:57: the proof expires before the time is over, so nothing would ever have run for long enough; state a time that is not shorter than `for`, which is 1d",
    ]);
    expect(told(bake("{ in: nowhere, for: 24h }"))).toBe(
      `${file}:4:29: unknown environment "nowhere"; state it under \`environments\`, or write one of "development", "production", "staging"`,
    );
    expect(told(`${bake("{ in: load, for: 24h }")}  load: { deployments: [load] }\n`)).toBe(
      `${file}:5:3: nothing can reach the environment "load"; add a line with {environment} to \`layout\`, or its branches`,
    );
    expect(told(`${bake("{ in: staging, for: 24h, expires: 2d }")}services: { payment: { bake: 3d } }\n`)).toBe(
      `${file}:5:30: where it bakes the proof expires before the time is over; state a shorter time`,
    );
  });

  it("of a service is not longer than the proof of any lasts", () => {
    const own = `${bake("{ in: staging, for: 24h, expires: 2d }")}services: { payment: { bake: 3d } }\n`;
    expect(() => effective({ own })).toThrow("the proof expires before the time is over");
  });

  it("that no two files together can ever have is told where the later one states it", () => {
    const files = {
      organisation: bake("{ in: staging, for: 24h, expires: 24h }"),
      own: bake("{ in: staging, for: 48h }"),
    };
    expect(() => effective(files)).toThrow("the proof expires before the time is over");
  });
});
