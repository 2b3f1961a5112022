import { describe, expect, test } from "vitest";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { newlyAllowed } from "../../../src/core/iam/aws/compare.ts";
import { completed, dangersOf } from "../../../src/core/iam/aws/danger.ts";
import { managedDocuments } from "../../../src/core/iam/aws/managed-documents.ts";
import { plainNames, powerfulNames } from "../../../src/core/iam/aws/managed-names.ts";
import { powerOf, statementsOfManaged } from "../../../src/core/iam/aws/managed.ts";

const { awsActions: actions } = await loadSyntax();
const documented = Object.keys(managedDocuments);
const arn = (name: string): string => `arn:aws:iam::aws:policy/${name}`;

describe("policies that AWS writes", () => {
  test("are 1643, and each is in one heap", () => {
    expect(powerfulNames.size + plainNames.size).toBe(1643);
    expect([...powerfulNames].filter((name) => plainNames.has(name))).toEqual([]);
  });

  test.each(documented)("%s can be read, names actions that AWS has, and is in the heap that it belongs to", (name) => {
    const statements = statementsOfManaged(arn(name)) ?? [];
    expect(statements.length).toBeGreaterThan(0);
    const compared = newlyAllowed([], statements, actions);
    const grants = compared.kind === "widened" ? compared.grants : [];
    const newly = new Set(grants.flatMap((grant) => grant.actions));
    const ways = completed([], statements, newly);
    const dangers = grants.flatMap((grant) => {
      const statement = statements[grant.statement];
      return statement === undefined ? [] : dangersOf("identity", grant, statement, actions);
    });
    const isStrong = ways.length > 0 || dangers.some(({ clause }) => !clause.includes("reads data"));
    expect(powerfulNames.has(name)).toBe(isStrong);
    const named = statements.flatMap((one) => one.actions.patterns).filter((one) => !/[*?]/u.test(one));
    expect(named.filter((one) => actions.levelOf(one) === null)).toEqual([]);
  });

  test("a name that nobody knows is told as such, and so is a policy of an account", () => {
    expect(powerOf(arn("MadeUpTomorrow"))).toBe("unknown");
    expect(powerOf("arn:aws:iam::111111111111:policy/Deploy")).toBe("unknown");
    expect(powerOf(arn("service-role/AWSLambdaBasicExecutionRole"))).toBe("plain");
    expect(powerOf(arn("job-function/SystemAdministrator"))).toBe("powerful");
    expect(powerOf(arn("AdministratorAccess"))).toBe("almighty");
  });
});
