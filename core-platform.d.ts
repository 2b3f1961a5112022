// All that core and lib may use of the platform. It is in tsconfig.core.json only; there is no @types/node there.
declare module "node:crypto" {
  export function createHash(algorithm: "sha256"): {
    update(text: string, encoding: "utf8"): { digest(encoding: "hex"): string };
  };
}
declare class TextEncoder {
  encode(text: string): Uint8Array;
}
declare class TextDecoder {
  constructor(label: "utf-8", options: { readonly fatal: true });
  constructor(label: "utf-16le" | "utf-16be" | "latin1");
  decode(bytes: Uint8Array): string;
}
