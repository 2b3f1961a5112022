import { createHash, verify } from "node:crypto";
import { z } from "zod";
import type { Account, App, Installation, Permissions } from "../state/model.ts";
import { Refused } from "../state/refused.ts";
import type { World } from "../state/world.ts";

/** Who sends a request. */
export type Identity =
  | { readonly kind: "anonymous" }
  | { readonly kind: "app"; readonly app: App }
  | { readonly kind: "installation"; readonly grant: Grant }
  | { readonly kind: "user"; readonly account: Account };

/** What an installation token may do; a caller can ask for less than the installation has. */
export interface Grant {
  readonly installation: Installation;
  readonly repositories: "all" | ReadonlySet<number>;
  readonly permissions: Permissions;
}

/** The longest life GitHub allows an App JWT, with a minute for clocks that differ. */
const JWT_LIFE_SECONDS = 660;
const TOKEN_LIFE_MS = 60 * 60 * 1000;

const claims = z.object({ iss: z.union([z.string(), z.number()]), iat: z.number(), exp: z.number() });

/** Hands out tokens and recognises them. */
export class Tokens {
  readonly #world: World;
  readonly #users = new Map<string, Account>();
  readonly #grants = new Map<string, Grant>();
  #issued = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** A personal token of a person or machine account. */
  forUser(account: Account): string {
    const token = this.#next("ghp_");
    this.#users.set(token, account);
    return token;
  }

  /** @returns the token and when the answer says that it expires */
  forInstallation(grant: Grant): { readonly token: string; readonly expiresMs: number } {
    const token = this.#next("ghs_");
    this.#grants.set(token, grant);
    return { token, expiresMs: this.#world.now() + TOKEN_LIFE_MS };
  }

  /**
   * Makes every installation token invalid. Tokens never expire by themselves here: clients cache them by their own
   * clock, which a scripted clock of this fake would leave behind.
   */
  expireInstallationTokens(): void {
    this.#grants.clear();
  }

  /** @throws Refused 401 for anything that is given and not valid. */
  identify(authorization: string | undefined): Identity {
    if (authorization === undefined) return { kind: "anonymous" };
    const [, token = ""] = /^(?:bearer|token)\s+(\S+)$/i.exec(authorization) ?? [];
    const account = this.#users.get(token);
    if (account !== undefined) return { kind: "user", account };
    const grant = this.#grants.get(token);
    if (grant !== undefined) return this.#living(grant);
    if (token.split(".").length === 3) return { kind: "app", app: this.#appOf(token) };
    throw new Refused(401, "Bad credentials");
  }

  #living(grant: Grant): Identity {
    if (!this.#world.installations.has(grant.installation.id)) throw new Refused(401, "Bad credentials");
    if (grant.installation.suspendedMs !== null) throw new Refused(403, "This installation has been suspended");
    return { kind: "installation", grant };
  }

  /**
   * Verifies signature, issuer and lifetime of an App JWT. The moment itself is not compared with the clock, because
   * clients stamp it with their machine's time while this fake's clock may be scripted.
   */
  #appOf(jwt: string): App {
    const [header = "", payload = "", signature = ""] = jwt.split(".");
    if (z.object({ alg: z.literal("RS256") }).safeParse(decode(header)).success === false)
      throw new Refused(401, "A JSON web token could not be decoded");
    const parsed = claims.safeParse(decode(payload));
    if (!parsed.success) throw new Refused(401, "A JSON web token could not be decoded");
    const { iss, iat, exp } = parsed.data;
    const app = [...this.#world.apps.values()].find(
      ({ id, clientId }) => String(id) === String(iss) || clientId === iss,
    );
    if (app === undefined)
      throw new Refused(401, "'Issuer' claim ('iss') must be an Integer or a String that represents the id of an App");
    if (exp - iat > JWT_LIFE_SECONDS || exp <= iat)
      throw new Refused(401, "'Expiration time' claim ('exp') is too far in the future");
    if (
      !verify("RSA-SHA256", Buffer.from(`${header}.${payload}`), app.publicKeyPem, Buffer.from(signature, "base64url"))
    )
      throw new Refused(401, "A JSON web token could not be decoded");
    return app;
  }

  #next(prefix: string): string {
    this.#issued += 1;
    return `${prefix}${createHash("sha256").update(`${prefix}${this.#issued}`).digest("hex").slice(0, 36)}`;
  }
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch (error) {
    throw new Refused(401, `A JSON web token could not be decoded: ${String(error)}`);
  }
}
