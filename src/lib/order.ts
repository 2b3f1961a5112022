/** Compares by code units: the same order on every machine and in every locale, which reports and digests depend on. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
