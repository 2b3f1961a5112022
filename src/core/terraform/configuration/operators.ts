import type { HclValue } from "../../hcl.ts";
import { asBool, asNumber, decided, fault, identityOf, literal } from "./values.ts";

/** The result of an operator on operands; null where they do not decide it. */
export function operate(operator: string, left: HclValue, right: HclValue): HclValue | null {
  switch (operator) {
    case "&&":
    case "||":
      return connect(operator, left, right);
    case "==":
    case "!=": {
      const same = equal(left, right);
      return same === null ? null : literal(same === (operator === "=="));
    }
    default:
      return compute(operator, left, right);
  }
}

/** One side can decide: `false && x`. Terraform evaluates both, but what it would refuse is not ours to say. */
function connect(operator: "&&" | "||", left: HclValue, right: HclValue): HclValue | null {
  const deciding = operator === "||";
  const [a, b] = [asBool(left), asBool(right)];
  if (a === deciding || b === deciding) return literal(deciding);
  return a === undefined || b === undefined ? null : literal(!deciding);
}

/** Null: not decided. Values of different kinds are never equal, which is what Terraform says of them. */
export function equal(left: HclValue, right: HclValue): boolean | null {
  if (left.kind === "unknown" || right.kind === "unknown") return null;
  if (left.kind !== right.kind) return false;
  if (!decided(left) || !decided(right)) return null;
  return identityOf(left) === identityOf(right);
}

function compute(operator: string, left: HclValue, right: HclValue): HclValue | null {
  if (left.kind === "unknown" || right.kind === "unknown") return null;
  const [a, b] = [asNumber(left), asNumber(right)];
  if (a === undefined || b === undefined) return fault("an operation on something that is no number");
  switch (operator) {
    case "+":
      return literal(a + b);
    case "-":
      return literal(a - b);
    case "*":
      return literal(a * b);
    case "/":
      return b === 0 ? fault("a division by zero") : literal(a / b);
    case "%":
      return b === 0 ? fault("a division by zero") : literal(a % b);
    case "<":
      return literal(a < b);
    case "<=":
      return literal(a <= b);
    case ">":
      return literal(a > b);
    case ">=":
      return literal(a >= b);
    default:
      return null;
  }
}

export function operateOn(operator: string, operand: HclValue): HclValue | null {
  const value = operator === "!" ? asBool(operand) : asNumber(operand);
  if (value === undefined)
    return operand.kind === "unknown" ? null : fault(`\`${operator}\` before what it does not fit`);
  return typeof value === "boolean" ? literal(!value) : literal(-value);
}
