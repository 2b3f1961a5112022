import { describe, expect, it } from "vitest";
import { limitsIn } from "../../../src/core/policy/limits.ts";
import { effective, mistakes } from "./read.ts";

const canary = (stated: string): string => `
version: 1
environments: { production: { canary: ${stated} } }
`;

describe("how a change must come to be served", () => {
  it("is what the stricter of two files says, key by key", () => {
    const { environments } = effective({
      organisation: canary("{ required: true, first_weight: 20 }"),
      own: canary("{ required: false, first_weight: 5 }"),
    });
    expect(environments["production"]?.limits.canary).toEqual({ required: true, firstWeight: 5 });
  });

  it("is nothing where no file states it", () => {
    const { environments, limits } = effective({ own: "version: 1\n" });
    expect(environments["production"]?.limits.canary).toEqual({ required: false, firstWeight: null });
    expect(limits.canary).toEqual({ required: false, firstWeight: null });
  });

  it("is that of the strictest environment that a change reaches", () => {
    const { environments, limits } = effective({
      own: "version: 1\nlayout: ['k8s/{environment}/**']\nenvironments: { a: { canary: { required: true } }, b: { canary: { first_weight: 30 } }, c: { canary: { first_weight: 15 } } }\n",
    });
    const reached = ["a", "b", "c"].flatMap((name) => environments[name]?.limits ?? []);
    expect(limitsIn(limits, reached).canary).toEqual({ required: true, firstWeight: 15 });
  });

  it.each(["0", "101", "10%", "-1"])("is no share of %s", (weight) => {
    expect(mistakes(canary(`{ first_weight: ${weight} }`))).toEqual([
      expect.stringContaining("a whole number from 1 to 100"),
    ]);
  });
});

describe("what a node pool has", () => {
  it("is the least of each that two files state", () => {
    const pool = (more: string): string =>
      `version: 1\ncapacity: [ { name: general, environments: [staging], ${more} } ]\n`;
    const { capacity } = effective({ organisation: pool("memory: 32Gi, cpu: 16"), own: pool("cpu: 7500m") });
    expect(capacity).toMatchObject([
      { memory: { numerator: 34_359_738_368n, denominator: 1n }, cpu: { numerator: 15n, denominator: 2n } },
    ]);
  });
});
