const digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/** BIP 173: 52 digits drawn from `seed` under a prefix, with their checksum. */
export function bech32Of(prefix: string, seed: number): string {
  const drawn = Array.from(
    { length: 52 },
    (_, at) => (Math.imul(seed * 7919 + at * 104_729 + 17, 0x9e3779b1) >>> 9) & 31,
  );
  const codes = Array.from(prefix, (character) => character.charCodeAt(0));
  const head = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
  const sum = remainder([...head, ...drawn, 0, 0, 0, 0, 0, 0]) ^ 1;
  const checksum = [0, 1, 2, 3, 4, 5].map((at) => (sum >>> (5 * (5 - at))) & 31);
  return `${prefix}1${[...drawn, ...checksum].map((value) => digits.charAt(value)).join("")}`;
}

function remainder(values: readonly number[]): number {
  const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
  return values.reduce((sum, value) => {
    const top = sum >>> 25;
    return generators.reduce(
      (next, generator, bit) => ((top >> bit) & 1 ? next ^ generator : next),
      ((sum & 0x1ffffff) << 5) ^ value,
    );
  }, 1);
}

export function base64urlOf(text: string): string {
  return Buffer.from(text).toString("base64url");
}
