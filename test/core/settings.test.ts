import { describe, expect, test } from "vitest";
import { amountOf, readingOf } from "../../src/core/settings/amounts.ts";
import { classes, measures } from "../../src/core/settings/classes.ts";
import { dictionary } from "../../src/core/settings/dictionary.ts";
import { ladders } from "../../src/core/settings/ladders.ts";
import { namer } from "../../src/core/settings/naming.ts";
import { isForDevelopment, mayBeDeployed } from "../../src/core/settings/scope.ts";
import { wordsOf } from "../../src/core/settings/words.ts";
import type { Written } from "../../src/core/views/values.ts";
import { policyOf } from "./example-context.ts";

const name = namer([]);
const named = (key: string): string =>
  name(key.split("."))
    .map(({ of, unit }) => `${of.class} ${unit ?? of.unit ?? "-"}`)
    .join(", ");

describe("names", () => {
  test.each([
    ["spring.datasource.hikari.maximumPoolSize", "spring datasource hikari maximum pool size"],
    ["MAX_RAM_PERCENTAGE", "max ram percentage"],
    ["maxRAMPercentage", "max ram percentage"],
    ["proxy-read-timeout", "proxy read timeout"],
  ])("%s is heard as %s", (key, words) => {
    expect(wordsOf(key.split(".")).join(" ")).toBe(words);
  });

  test.each([
    ["db.pool.size", "pool -"],
    ["DB_POOL_SIZE", "pool -"],
    ["spring.datasource.hikari.maximum-pool-size", "pool -"],
    ["connection_limit", "pool -"],
    ["http.timeoutInMillis", "timeout milliseconds"],
    ["timeout_seconds", "timeout seconds"],
    ["statement_timeout", "timeout milliseconds"],
    ["proxy_read_timeout", "timeout seconds"],
    ["log.retention.hours", "retention hours"],
    ["otel.sampling_rate", "sampling -"],
    ["NODE_TLS_REJECT_UNAUTHORIZED", "verification -"],
  ])("%s is %s", (key, expected) => {
    expect(named(key)).toBe(expected);
  });

  test.each([
    "readinessProbe.timeoutSeconds",
    "nodePool.max",
    "ippool",
    "carpool",
    "vat.rate",
    "pool.minutes",
    "timeouts",
    "a.b",
  ])("%s is in no class", (key) => {
    expect(named(key)).toBe("");
  });

  test("those of a policy are judged beside those of the dictionary, and take no key out of its class", () => {
    const policy = policyOf(
      "version: 1\nlimits: { names: [ { names: [lane width, pool size], class: rollout }, { names: [hold], class: timeout, unit: seconds } ] }",
    );
    const own = namer(policy.limits.names);
    expect(own(["laneWidth"]).map(({ of }) => of.class)).toEqual(["rollout"]);
    expect(own(["db", "pool_size"]).map(({ of }) => of.class)).toEqual(["rollout", "pool"]);
    expect(own(["hold"]).map(({ of }) => of.unit)).toEqual(["seconds"]);
  });
});

describe("the dictionary", () => {
  test("holds names in words, each once in its class and under the same words", () => {
    const forms = dictionary.flatMap(({ names, class: of, under }) =>
      names.map((one) => `${one}|${of}|${under.join()}`),
    );
    expect(forms.filter((form) => !/^[a-z0-9]+(?: [a-z0-9]+)*\|/u.test(form))).toEqual([]);
    expect(forms.filter((form, at) => forms.indexOf(form) !== at)).toEqual([]);
  });

  test("has names for every class, and a rule's measure for each", () => {
    expect(classes.filter((one) => dictionary.every(({ class: of }) => of !== one))).toEqual([]);
    expect(Object.keys(measures).toSorted()).toEqual([...classes].toSorted());
  });

  test("says why in a clause that ends a message, and where over https", () => {
    for (const { reason, source } of [...dictionary, ...ladders]) {
      expect(reason).toMatch(/^[a-z0-9].*[^.]$/u);
      expect(source ?? "https://").toMatch(/^https:\/\//u);
    }
  });
});

describe("amounts", () => {
  const shown = (...[text, measure, unit]: Parameters<typeof amountOf>): string => {
    const amount = amountOf(text, measure, unit);
    return amount === null ? "none" : `${amount.value.numerator}/${amount.value.denominator} ${amount.dimension}`;
  };

  test.each([
    ["30", "time", "seconds", "30000/1 milliseconds"],
    ["30", "time", null, "30/1 number"],
    ["1h30m", "time", null, "5400000/1 milliseconds"],
    ["500 ms", "time", "seconds", "500/1 milliseconds"],
    ["2 weeks", "kept", null, "1209600000/1 milliseconds"],
    ["PT30S", "time", null, "30000/1 milliseconds"],
    ["512m", "size", null, "536870912/1 bytes"],
    ["512m", "time", null, "30720000/1 milliseconds"],
    ["8GB", "kept", null, "8589934592/1 bytes"],
    ["60r/m", "rate", null, "1/1 number"],
    ["soon", "time", null, "none"],
    ["1 fortnight", "time", null, "none"],
    ["9".repeat(41), "count", null, "none"],
  ] as const)("%s as %s in %s is %s", (text, measure, unit, expected) => {
    expect(shown(text, measure, unit)).toBe(expected);
  });

  const reading = (scalar: Written["scalar"], key = "db.pool.size"): string => {
    const [naming] = name(key.split("."));
    const place = { path: "a.yaml", side: "head", line: 1 } as const;
    if (naming === undefined) throw new Error(`${key} is in no class`);
    return readingOf({ path: "a.yaml", place, scalar, replaced: () => undefined }, naming).kind;
  };

  test.each([
    [50, "amount"],
    ["50", "amount"],
    [-1, "unlimited"],
    ["Infinity", "unlimited"],
    ["auto", "word"],
    ["${POOL}", "hidden"],
    ["{{ .Values.pool }}", "hidden"],
    ['<%= ENV.fetch("POOL") { 5 } %>', "hidden"],
    ["env.int('POOL')", "hidden"],
    [undefined, "hidden"],
    [null, "absent"],
    ["", "absent"],
  ])("a pool of %s is %s", (scalar, kind) => {
    expect(reading(scalar)).toBe(kind);
  });

  test("zero is no limit only where the program says so", () => {
    expect(reading(0)).toBe("amount");
    expect(reading(0, "max_open_conns")).toBe("unlimited");
    expect(reading("0s", "statement_timeout")).toBe("unlimited");
  });
});

describe("files that nobody deploys", () => {
  test.each([
    "test/fixtures/a.yaml",
    "src/test/resources/application.yml",
    "docs/config.yaml",
    "examples/values.yaml",
    ".env.example",
    "config.sample.toml",
    ".github/workflows/ci.yml",
    ".gitlab-ci.yml",
    "package.json",
    "tsconfig.build.json",
    "pnpm-lock.yaml",
    "grafana/dashboards/api.json",
    "api/openapi.yaml",
    "config.schema.json",
    "crds/queues.yaml",
  ])("%s", (path) => {
    expect(mayBeDeployed(path)).toBe(false);
  });

  test.each([
    ".env",
    "values-production.yaml",
    "config/database.yml",
    "services/contest/config.yaml",
    "nginx/nginx.conf",
  ])("are others than %s", (path) => {
    expect(mayBeDeployed(path)).toBe(true);
  });

  test("what developers run is told by names, and never where another environment is named too", () => {
    expect(["config/development.yaml", ".env.local", "k8s/dev/api.yaml"].map(isForDevelopment)).toEqual([
      true,
      true,
      true,
    ]);
    expect(["config/app.yaml", "dev/production.env", "k8s/staging/api.yaml"].map(isForDevelopment)).toEqual([
      false,
      false,
      false,
    ]);
  });
});
