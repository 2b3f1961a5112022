import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { z } from "zod";
import { renderSarif } from "../../../src/core/report/sarif.ts";
import { renderVerdictJson, verdictDocument } from "../../../src/core/report/verdict-json.ts";
import { verdictJsonSchema, verdictSchema } from "../../../src/core/report/verdict-schema.ts";
import { allowed, evaluation, finding, hostile, i03, i04, i05, nasty, site, unreadablePolicy } from "./evaluations.ts";

const all = [allowed, i03, i04, i05, unreadablePolicy, hostile(nasty)];

test("every document fits the published schema, for zod and for any other reader", () => {
  const validate = new Ajv2020({ strict: false, formats: { "date-time": true } }).compile(
    z.record(z.string(), z.unknown()).parse(verdictJsonSchema()),
  );
  for (const given of all) {
    const document: unknown = JSON.parse(renderVerdictJson(given));
    expect(verdictSchema.parse(document)).toEqual(document);
    expect({ valid: validate(document), errors: validate.errors }).toEqual({ valid: true, errors: null });
  }
});

test("the document says who acts next and what people are asked for after that", () => {
  const { next, requirements, evaluated_at } = verdictDocument(i03);
  expect(evaluated_at).toBe("2026-02-11T10:42:07Z");
  expect(next).toMatchObject({ actor: "agent", action: "push", at: null });
  expect(next.after_that).toEqual([
    {
      actor: "people",
      action: "approve",
      do: "2 approvals (high risk), from anyone with write access. You cannot obtain them or speed them up.",
    },
  ]);
  expect(requirements).toMatchObject([{ state: "missing", need: 2, have: 0, excluded: [{ login: "person-a" }] }]);
});

test("what a finding can be cleared by depends on its level and its rule", () => {
  const clearedBy = (given: Parameters<typeof finding>[0]) =>
    verdictDocument(evaluation({ findings: [finding(given)] })).findings[0]?.cleared_by;
  expect(clearedBy({})).toEqual(["agent"]);
  expect(clearedBy({ level: "review" })).toEqual(["agent", "people"]);
  expect(clearedBy({ level: "review", clearedBy: "people" })).toEqual(["people"]);
});

const message = z.strictObject({ text: z.string().min(1) });
const level = z.enum(["error", "warning", "note"]);
const artifactLocation = z.strictObject({ uri: z.string().regex(/^[\w.~%/-]*$/), uriBaseId: z.literal("%SRCROOT%") });
const region = z.strictObject({
  startLine: z.int().positive(),
  startColumn: z.int().positive().optional(),
  endLine: z.int().positive().optional(),
  endColumn: z.int().positive().optional(),
});
/** The parts of SARIF 2.1.0 that are used here, with its own names and obligations. */
const sarif = z.strictObject({
  $schema: z.string(),
  version: z.literal("2.1.0"),
  runs: z
    .array(
      z.strictObject({
        tool: z.strictObject({
          driver: z.strictObject({
            name: z.string(),
            version: z.string(),
            rules: z.array(
              z.strictObject({
                id: z.string(),
                name: z.string(),
                shortDescription: message,
                fullDescription: message,
                help: message,
                defaultConfiguration: z.strictObject({ level }),
                properties: z.record(z.string(), z.unknown()),
              }),
            ),
          }),
        }),
        columnKind: z.literal("utf16CodeUnits"),
        automationDetails: z.strictObject({ id: z.string() }),
        versionControlProvenance: z.array(
          z.strictObject({ repositoryUri: z.url(), revisionId: z.string(), branch: z.string() }),
        ),
        invocations: z.array(z.strictObject({ executionSuccessful: z.boolean() })),
        results: z.array(
          z.strictObject({
            ruleId: z.string(),
            ruleIndex: z.int().nonnegative(),
            level,
            message,
            locations: z.array(
              z.strictObject({
                physicalLocation: z.strictObject({ artifactLocation, region: region.optional() }),
                logicalLocations: z.array(z.strictObject({ fullyQualifiedName: z.string() })).optional(),
              }),
            ),
            partialFingerprints: z.record(z.string(), z.string()),
            suppressions: z
              .array(
                z.strictObject({
                  kind: z.literal("external"),
                  status: z.literal("accepted"),
                  justification: z.string(),
                }),
              )
              .optional(),
            fixes: z
              .array(
                z.strictObject({
                  description: message,
                  artifactChanges: z
                    .array(
                      z.strictObject({
                        artifactLocation,
                        replacements: z
                          .array(
                            z.strictObject({
                              deletedRegion: region,
                              insertedContent: z.strictObject({ text: z.string() }),
                            }),
                          )
                          .min(1),
                      }),
                    )
                    .min(1),
                }),
              )
              .optional(),
            properties: z.record(z.string(), z.unknown()).optional(),
          }),
        ),
        properties: z.record(z.string(), z.unknown()),
      }),
    )
    .length(1),
});

test("SARIF has a rule for every result, a place for every finding, and fingerprints that stay", () => {
  for (const given of all) {
    const [run] = sarif.parse(JSON.parse(renderSarif(given, site))).runs;
    for (const { ruleId, ruleIndex } of run?.results ?? []) expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(run?.results).toHaveLength(given.findings.length + given.gaps.length);
  }
  const [run] = sarif.parse(JSON.parse(renderSarif(i05, site))).runs;
  expect(run?.results.map((result) => [result.level, result.partialFingerprints])).toEqual([
    ["warning", { "sallyportFinding/v1": "reaches-production-with-staging:91d2e0" }],
    ["warning", { "sallyportGap/v1": "plan-missing:terraform/production" }],
  ]);
});

test("a waived finding is a suppressed result", () => {
  const waived = { reason: "batch pods restart freely", by: "@acme/sre", until: "2026-12-31" };
  const [run] = sarif.parse(JSON.parse(renderSarif(evaluation({ findings: [finding({ waived })] }), site))).runs;
  expect(run?.results[0]?.suppressions).toEqual([
    { kind: "external", status: "accepted", justification: "batch pods restart freely" },
  ]);
});

test("what was removed has a file and no region, since scanners show the head", () => {
  const place = { path: "a b.tf", side: "base", line: 7 } as const;
  const [run] = sarif.parse(JSON.parse(renderSarif(evaluation({ findings: [finding({ place })] }), site))).runs;
  expect(run?.results[0]?.locations[0]?.physicalLocation).toEqual({
    artifactLocation: { uri: "a%20b.tf", uriBaseId: "%SRCROOT%" },
  });
});
