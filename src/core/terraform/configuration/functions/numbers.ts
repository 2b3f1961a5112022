import type { HclValue } from "../../../hcl.ts";
import { asNumber, asText, fault, literal } from "../values.ts";
import type { Function, Functions } from "./function.ts";

function onNumbers(make: (numbers: readonly number[]) => number): Function {
  return (args) => {
    const numbers = args.map(asNumber);
    return numbers.length > 0 && numbers.every((number) => number !== undefined) ? literal(make(numbers)) : null;
  };
}

const sum: Function = ([of]) => {
  const numbers = of?.kind === "list" ? of.items.map(asNumber) : [undefined];
  if (numbers.length === 0) return fault("the sum of nothing");
  return numbers.every((number) => number !== undefined) ? literal(numbers.reduce((a, b) => a + b, 0)) : null;
};

function parseint([text, base]: readonly HclValue[]): HclValue | null {
  const [digits, radix] = [asText(text), asNumber(base)];
  if (digits === undefined || radix === undefined || radix < 2 || radix > 36 || !/^-?[0-9a-z]+$/iu.test(digits))
    return null;
  return literal(Number.parseInt(digits, radix));
}

export const numberFunctions: Functions = [
  ["min", onNumbers((numbers) => Math.min(...numbers))],
  ["max", onNumbers((numbers) => Math.max(...numbers))],
  ["abs", onNumbers(([number = 0]) => Math.abs(number))],
  ["ceil", onNumbers(([number = 0]) => Math.ceil(number))],
  ["floor", onNumbers(([number = 0]) => Math.floor(number))],
  ["signum", onNumbers(([number = 0]) => Math.sign(number))],
  ["pow", onNumbers(([base = 0, exponent = 0]) => base ** exponent)],
  ["parseint", parseint],
  ["sum", sum],
];
