import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** Where the service of a scenario says that it is: tokens are made for it. */
export const publicUrl = "https://sallyport.example";
/** Where the keys of whoever signs for Actions are, below the address of the API. */
export const keysPath = "/_services/token/.well-known/jwks";

/** Making a key takes longer than most scenarios; nothing is ever kept secret with it. */
let pair: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } | null = null;
function keys(): NonNullable<typeof pair> {
  pair ??= generateKeyPairSync("rsa", { modulusLength: 2048 });
  return pair;
}

/** As GitHub's issuer publishes them. */
export function issuerKeys(): object {
  return { keys: [{ ...keys().publicKey.export({ format: "jwk" }), kid: "scenario", alg: "RS256", use: "sig" }] };
}

/** A token with these claims. @param isForged made by somebody who has another key */
export function tokenWith(claims: object, isForged: boolean): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", typ: "JWT", kid: "scenario" })}.${part(claims)}`;
  const key = isForged ? generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey : keys().privateKey;
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), key).toString("base64url")}`;
}
