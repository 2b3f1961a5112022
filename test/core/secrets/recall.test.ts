import { describe, expect, it } from "vitest";
import { providerRules } from "../../../src/core/secrets/catalogue.ts";
import { scan } from "../../../src/core/secrets/scan.ts";
import { filled, samples, type Sample } from "./samples.ts";

/** Made by hand, as their last part is a checksum or a signature over the rest. */
const apart = ["age-secret-key", "json-web-token"];

/** How a value comes to stand in a repository. */
const settings: Readonly<Record<string, readonly [path: string, text: (name: string, value: string) => string]>> = {
  env: ["deploy/app.env", (name, value) => `PORT=80\n${name}=${value}\n`],
  yaml: ["deploy/values.yaml", (name, value) => `app:\n  ${name.toLowerCase()}: ${value}\n`],
  json: ["config/app.json", (name, value) => `{ "${name}": "${value}" }`],
  program: ["src/client.ts", (name, value) => `const ${name}: string = "${value}";`],
  python: ["app/settings.py", (name, value) => `${name} = '${value}'`],
  terraform: ["main.tf", (name, value) => `  ${name.toLowerCase()} = "${value}"\n`],
  escaped: ["src/fixture.ts", (name, value) => `const text = "a\\n${name}='${value}'\\nb";`],
};

function rulesFound(sample: Sample, seed: number, setting: string): readonly string[] {
  const [path, text] = settings[setting]!;
  const value = filled(sample.template, seed);
  return scan(text(sample.name ?? "SOME_VALUE", value), { path }).finds.map(({ rule }) => rule);
}

describe("The table of providers", () => {
  it("has a sample of every rule, and no rule twice", () => {
    const ids = providerRules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...new Set([...samples.map(({ rule }) => rule), ...apart])].toSorted()).toEqual(ids.toSorted());
    expect(ids.length).toBeGreaterThanOrEqual(100);
  });

  it.each(Object.keys(settings))("finds every sample, under its own rule and once: %s", (setting) => {
    const missed = samples.flatMap((sample) =>
      [1, 2, 3]
        .map((seed) => rulesFound(sample, seed, setting))
        .filter((found) => !(found.length === 1 && found[0] === sample.rule))
        .map((found) => `${sample.rule} ${sample.template}: ${found.join(" ") || "nothing"}`),
    );
    expect(missed).toEqual([]);
  });
});
