/** Names of lists of what is served without a login: paths, methods with paths, addresses. */
const open =
  /(?:^| )(?:skip auth (?:routes?|regex(?:es)?|paths?|urls?)|auth (?:skip|exclude[ds]?|ignored?|bypass) ?(?:paths?|routes?|urls?)|(?:unauthenticated|anonymous|unsecured|unprotected) (?:paths?|routes?|urls?|endpoints?)|no auth (?:locations?|paths?|routes?)|permit all(?: paths?| urls?| patterns?)?)$/u;
/** These are about logins only where a key above them says so. */
const openUnder =
  /(?:^| )(?:auth|authentication|authn|login|jwt|security|oidc|oauth2?|keycloak|sso)(?: \w+)* (?:excluded?|ignored?|public|white ?list(?:ed)?|allow ?list(?:ed)?|open|skip|permitted) (?:paths?|routes?|urls?|endpoints?|patterns?)$/u;
const trusted = /^(?:oauth2 proxy )?trusted ips?$/u;
/** Switches by which a proxy lets requests pass that it could not, or need not, ask. Of Envoy: its filters for logins. */
const passes =
  /(?:^| )(?:failure mode allow|ext authz(?: \w+)* disabled|jwt authn(?: \w+)* disabled|skip auth preflight|allow missing(?: or failed)?)$/u;
/** Kong lets in whoever fails to log in as the consumer of this name. https://developer.konghq.com/plugins/key-auth/reference/ */
const standIn = /(?:^| )config anonymous$/u;
/** Checks of health are open everywhere, and tell nobody anything. */
const health =
  /^(?:(?:GET|HEAD)=)?\^?\/(?:-\/)?(?:health(?:z|y|check)?|livez?|ready|readyz|readiness|liveness|ping|status|favicon\\?\.ico|robots\\?\.txt)\/?\$?$/iu;

export type Skipping = "open" | "switch" | "stand-in";

/** What a key lets in without a login; null where it is about something else. */
export function skippingOf(words: string): Skipping | null {
  if (open.test(words) || openUnder.test(words) || trusted.test(words)) return "open";
  if (passes.test(words)) return "switch";
  return standIn.test(words) ? "stand-in" : null;
}

export function isOfHealth(text: string): boolean {
  return health.test(text);
}

/** Names that people give to what asks for a login. */
const asking = /auth|oidc|login|log-in|sso|keycloak|jwt|ldap|saml|htpasswd|okta|tinyauth|pomerium/iu;

export function asksByName(text: string): boolean {
  return asking.test(text);
}

/** The router, in the keys of Traefik, whose list of middlewares a key is; null where it is none. */
export function routerOf(key: string): string | null {
  return /^(.*?)\.?middlewares(?:\.[^.]+\.name)?$/iu.exec(key)?.[1] ?? null;
}
