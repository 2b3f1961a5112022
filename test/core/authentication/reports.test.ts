import { expect, test } from "vitest";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { parseExample } from "../../../src/core/example.ts";
import type { Observation } from "../../../src/core/rule.ts";
import { rules } from "../../../src/core/rules/index.ts";
import { buildViews } from "../../../src/core/views/views.ts";
import { contextOf, policyOf } from "../example-context.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };

function seen(id: string, source: string): readonly Observation[] {
  const { change } = parseExample(source);
  const { views } = buildViews(change, tools);
  const rule = rules.find((one) => one.id === id);
  return rule?.observe(views, {}, contextOf(policyOf(undefined), change, views)) ?? [];
}

test("a login that goes is told with what asked, what stands there now, and where", () => {
  const change = `
    M Api/OrdersController.cs
      [Authorize(Policy = "Staff")]
      public class OrdersController : Controller {
    +   [AllowAnonymous]
        public IActionResult List() => Ok();
      }`;
  expect(seen("code-login-removed", change)).toEqual([
    {
      at: { path: "Api/OrdersController.cs", side: "head", line: 4 },
      about: "Api/OrdersController.cs OrdersController.List",
      message:
        '`OrdersController.List`: `Authorize(Policy = "Staff")` asked before, and `AllowAnonymous` stands there now',
      asks: true,
    },
  ]);
});

test("a switch that is thrown in several places of a file is one finding", () => {
  const change = `
    M shop/client.py
      import requests
    + requests.get(A, verify=False)
    + requests.get(B, verify=False)`;
  expect(seen("code-verification-off", change)).toEqual([
    {
      at: { path: "shop/client.py", side: "head", line: 2 },
      about: "shop/client.py python verify=False",
      message:
        "verify=False (2 places): the certificate of the other side is not verified: anybody on the way can take its place",
      asks: true,
    },
  ]);
});

test("a switch of the cloud counts in full, a policy of passwords asks", () => {
  const change = (line: (value: string) => string, from: string, to: string): string =>
    `
    M infra/main.tf
      resource "aws_cognito_user_pool" "staff" {
        name = "staff"
    -   ${line(from)}
    +   ${line(to)}
      }`;
  const mfa = change((value) => `mfa_configuration = "${value}"`, "ON", "OFF");
  const password = change((value) => `password_policy { minimum_length = ${value} }`, "14", "8");
  expect(seen("tf-login-lowered", mfa).map((one) => "asks" in one)).toEqual([false]);
  expect(seen("tf-login-lowered", password).map((one) => "asks" in one)).toEqual([true]);
});
