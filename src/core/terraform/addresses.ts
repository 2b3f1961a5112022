/** An address without its keys: what is left to go by where nobody can tell which instances there are. */
export function withoutKeys(address: string): string {
  return address.replace(/\[(?:\d+|\*|"(?:[^"\\]|\\.)*")\]/gu, "");
}

/** Stands for instances that nobody can tell. */
export function isOpen(address: string): boolean {
  return /\[\*\](?:\.|$)/u.test(address);
}
