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
  decode(bytes: Uint8Array): string;
}
