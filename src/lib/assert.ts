/** Ends an exhaustive `switch`: does not compile while a case is missing, and throws if a value from outside slips in. */
export function unreachable(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
