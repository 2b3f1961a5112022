import { describe, expect, it } from "vitest";
import {
  keyMatcher,
  keyPatternMistake,
  layoutMatcher,
  layoutMistake,
  loosening,
  patternMistake,
  sameName,
  tightening,
} from "../../../src/core/policy/patterns.ts";

const tight = (pattern: string, path: string) => tightening([pattern])(path);
const loose = (pattern: string, path: string) => loosening([pattern])(path);

describe("every pattern", () => {
  it.each([
    ["**/secrets/**", "secrets/a"],
    ["**/secrets/**", "k8s/secrets/deep/a.yaml"],
    ["terraform/production/*", "terraform/production/eu/main.tf"],
    ["terraform/production/**", "terraform/production/.hidden/main.tf"],
    ["**/*.tf", "main.tf"],
    ["**/*.tf", "a/b/.tf"],
    ["a/**/b", "a/b"],
    ["a/**/b", "a/x/y/b"],
    ["a?c", "abc"],
    ["{a,b}/*.{tf,tfvars}", "b/x.tfvars"],
    ["**", "anything/at/all"],
    ["*aXb*aXc*", "aXb_aXb_aXc"],
    ["a/**", "a/line\nbreak"],
    ["😀?", "😀😀"],
  ])("%s matches %j", (pattern, path) => {
    expect(tight(pattern, path)).toBe(true);
    expect(loose(pattern, path)).toBe(true);
  });

  it.each([
    ["*", "a/b"],
    ["*.tf", "a/b.tf"],
    ["terraform/*", "terraform2/a"],
    ["a/**/b", "a/xb"],
    ["a?c", "a/c"],
    ["a?c", "ac"],
    ["**/secrets/**", "k8s/secretss/a"],
    ["{a,b}", "{a,b}"],
    ["a.b", "axb"],
  ])("%s does not match %j", (pattern, path) => {
    expect(tight(pattern, path)).toBe(false);
    expect(loose(pattern, path)).toBe(false);
  });
});

describe("a pattern that tightens", () => {
  it.each([
    ["case", "K8S/Secrets/a"],
    ["a compatibility form", "k8s/ｓｅｃｒｅｔｓ/a"],
    ["the long s", "k8s/ſecrets/a"],
    ["an invisible character", "k8s/sec\u200brets/a"],
    ["a full-width slash", "k8s／secrets／a"],
    ["a symlink or submodule in place of the folder", "k8s/secrets"],
  ])("is not dodged by %s", (_, path) => {
    expect(tight("**/secrets/**", path)).toBe(true);
  });
});

describe("a pattern that loosens", () => {
  it.each(["Services/a", "services", "services\u200b/a", "ｓervices/a"])(
    "means exactly what it says: not %j",
    (path) => {
      expect(loose("services/**", path)).toBe(false);
      expect(loose("services/*", path)).toBe(false);
    },
  );
});

describe("a pattern that cannot be used", () => {
  it.each([
    ["!a", "negates"],
    ["", "empty"],
    ["/a", "starts with a slash"],
    ["a//b", "empty segment"],
    ["a/", "empty segment"],
    ["./a", "relative"],
    ["a/../b", "relative"],
    ["**.tf", "touches other text"],
    ["[ab]", "no meaning here"],
    ["@(a|b)", "no meaning here"],
    ["a\\*", "no meaning here"],
    ["{a}", "no alternatives"],
    ["{a,b", "no alternatives"],
    ["{a,b}".repeat(7), "alternatives"],
    ["a".repeat(501), "characters long"],
  ])("%s is refused: %s", (pattern, reason) => {
    expect(patternMistake(pattern)?.message).toContain(reason);
  });

  it("comes with what to write instead", () => {
    expect(patternMistake("**.tf")?.params.remedy).toContain("**/*.tf");
  });
});

describe("a line of the layout", () => {
  it("reads environment and service from the path, as the path writes them", () => {
    const read = layoutMatcher("k8s/{environment}/{service}/**");
    expect(read("k8s/Production/search/deployment.yaml")).toEqual([{ environment: "Production", service: "search" }]);
    expect(read("k8s/production/search")).toEqual([{ environment: "production", service: "search" }]);
    expect(read("k8s/production")).toEqual([]);
    expect(read("K8S/production/search/a/b")).toEqual([{ environment: "production", service: "search" }]);
    expect(read("helm/production/search/a")).toEqual([]);
  });

  it("reads a name with plain text around it", () => {
    expect(layoutMatcher("charts/*/values-{environment}.yaml")("charts/x/values-prod.yaml")).toEqual([
      { environment: "prod", service: null },
    ]);
    expect(layoutMatcher("values-{environment}.yaml")("values-.yaml")).toEqual([]);
    expect(layoutMatcher("values-{environment}.yaml")("\u200bvalues-prod.yaml")).toEqual([
      { environment: "prod", service: null },
    ]);
  });

  it("gives every reading where `**` stands before a name", () => {
    expect(layoutMatcher("**/{environment}/**")("a/prod/b")).toEqual([
      { environment: "a", service: null },
      { environment: "prod", service: null },
      { environment: "b", service: null },
    ]);
    expect(layoutMatcher("apps/**/{service}/{environment}.yaml")("apps/x/y/prod.yaml")).toEqual([
      { environment: "prod", service: "y" },
    ]);
  });

  it("asks a name that stands twice to be the same", () => {
    const read = layoutMatcher("{service}/k8s/{service}.yaml");
    expect(read("a/k8s/a.yaml")).toEqual([{ environment: null, service: "a" }]);
    expect(read("a/k8s/b.yaml")).toEqual([]);
  });

  it("takes alternatives", () => {
    const read = layoutMatcher("{k8s,helm}/{environment}/*");
    expect(read("helm/dev/a/b")).toEqual([{ environment: "dev", service: null }]);
  });

  it.each([
    ["k8s/**", "names neither"],
    ["{environment}-{service}/**", "no certain end"],
    ["*{service}/**", "no certain end"],
    ["**/a/**/{service}/**", "several `**`"],
    ["{environment}/[a]", "no meaning here"],
    ["{tenant}/{service}", "no alternatives"],
  ])("%s is refused: %s", (pattern, reason) => {
    expect(layoutMistake(pattern)?.message).toContain(reason);
  });

  it.each(["terraform/{environment}/**", "{service}/deploy-{environment}.yml", "**/{service}/**"])(
    "%s is one",
    (line) => {
      expect(layoutMistake(line)).toBeNull();
    },
  );
});

describe("a pattern of keys", () => {
  it("matches whole segments, at any depth with `**`, without regard to case", () => {
    const matches = keyMatcher(["**.pool.max", "DB_POOL"]);
    expect(matches(["pool", "max"])).toBe(true);
    expect(matches(["spec", "db", "Pool", "max"])).toBe(true);
    expect(matches(["db_pool"])).toBe(true);
    expect(matches(["x", "DB_POOL"])).toBe(false);
    expect(matches(["pool", "maximum"])).toBe(false);
    expect(keyMatcher(["limits.*"])(["limits", "a", "b"])).toBe(false);
  });

  it("is refused where it has an empty segment", () => {
    expect(keyPatternMistake("a..b")?.message).toContain("empty segment");
    expect(keyPatternMistake("**.pool.max")).toBeNull();
  });
});

describe("two names", () => {
  it("are the same when a reader sees the same", () => {
    expect(sameName("Production", "production")).toBe(true);
    expect(sameName("ﬁle", "file")).toBe(true);
    expect(sameName("prod", "production")).toBe(false);
  });
});
