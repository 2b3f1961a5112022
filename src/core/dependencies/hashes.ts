/** Whether others can make a file with the same hash. */
export function isWeak(hash: string): boolean {
  return /^(?:md5|sha1)-/iu.test(hash);
}

/** 0 without a hash, 1 with weak ones alone, 2 otherwise. */
export function strengthOf(hashes: readonly string[]): number {
  if (hashes.length === 0) return 0;
  return hashes.every(isWeak) ? 1 : 2;
}
