const named = "SALLYPORT_PROPERTY_RUNS";
const least = Number(process.env[named] ?? 0);
if (!Number.isSafeInteger(least) || least < 0) {
  throw new RangeError(`Cannot read ${named}=${process.env[named]}: a whole number is asked for.`);
}

/**
 * How many cases a property of the algebra of sets is tried with: as many as are said here, and more where `npm run fuzz` asks for
 * more. That command runs every test file that imports this one.
 */
export function runs(count: number): { readonly numRuns: number } {
  return { numRuns: Math.max(count, least) };
}
