/** An address without its keys: what is left to go by where nobody can tell which instances there are. */
export function withoutKeys(address: string): string {
  return address.replace(/\[(?:\d+|\*|"(?:[^"\\]|\\.)*")\]/gu, "");
}

/** Stands for instances that nobody can tell. */
export function isOpen(address: string): boolean {
  return /\[\*\](?:\.|$)/u.test(address);
}

/**
 * Whether two addresses that are the same without their keys may be one instance: `[*]` may be any key, and what has no key may get one.
 * Each other key is the same.
 */
export function mayBeSame(one: string, other: string): boolean {
  const [ours, theirs] = [keysOf(one), keysOf(other)];
  return ours.every((key, index) => {
    const their = theirs[index] ?? "";
    return key === their || [key, their].some((either) => either === "" || either === "[*]");
  });
}

/** The key of each part of an address, empty where it has none. */
function keysOf(address: string): readonly string[] {
  return [...address.matchAll(/[^.[\]]+((?:\[(?:\d+|\*|"(?:[^"\\]|\\.)*")\])?)/gu)].map(([, key = ""]) => key);
}
