import { parseAddress } from "../../lib/ip.ts";

/** What a setting says of those whose word a login is taken on. */
export type Trust = "issuer" | "keys" | "endpoint" | "audience" | "client";

const login =
  /(?:^| )(?:oidc|openid|o ?auth2?|jwt|jwts|jwks|sso|saml2?|idp|keycloak|okta|auth0|cognito|dex|azure ?ad|entra|identity provider|token|bearer|resourceserver|resource server|auth|authentication|security)(?: |$)/u;
const strictLogin =
  /(?:^| )(?:oidc|openid|o ?auth2?|jwt|jwts|sso|saml2?|keycloak|okta|auth0|cognito|azure ?ad|entra)(?: |$)/u;

const named: readonly { readonly names: RegExp; readonly under: RegExp | null; readonly trust: Trust }[] = [
  {
    names: /(?:^| )(?:jwks?(?: set)?|json web key set)(?: (?:ur[il]s?|endpoint|location|host))?$/u,
    under: null,
    trust: "keys",
  },
  {
    names:
      /(?:^| )(?:keys|public keys?|certs?|signing keys?|metadata|idp metadata|federation metadata) (?:ur[il]|address|endpoint)$/u,
    under: login,
    trust: "keys",
  },
  {
    names:
      /(?:^| )(?:discovery|well known|openid configuration|openid config|oidc config)(?: (?:ur[il]|endpoint|document))?$/u,
    under: login,
    trust: "keys",
  },
  { names: /(?:^| )(?:trusted |valid |allowed |token )?issuers?(?: ur[il]s?)?$/u, under: login, trust: "issuer" },
  { names: /(?:^| )(?:authority|authority ur[il])$/u, under: login, trust: "issuer" },
  {
    names:
      /(?:^| )(?:token|auth|authori[sz]ation|authori[sz]e|user ?info|introspection|login|redeem|profile|validate|api|sso|single sign on|idp|idp sso)(?: service| target)? (?:ur[il]|endpoint)$/u,
    under: strictLogin,
    trust: "endpoint",
  },
  { names: /(?:^| )(?:entry point|idp entity id)$/u, under: /(?:^| )(?:saml2?|sso|idp)(?: |$)/u, trust: "endpoint" },
  { names: /(?:^| )(?:valid |allowed )?audiences?$/u, under: login, trust: "audience" },
  { names: /(?:^| )client id$/u, under: strictLogin, trust: "client" },
];

/** Whether something is looked at, as `ValidateAudience` says, not what it must be. */
const isSwitch = /(?:^| )(?:validate|verify|require|check|skip|insecure)(?: \w+)? (?:issuer|audience)s?$/u;

/** What the last words of a key say of a login; null where it is about something else. */
export function trustOf(words: string): Trust | null {
  if (isSwitch.test(words)) return null;
  return named.find(({ names, under }) => names.test(words) && (under === null || under.test(words)))?.trust ?? null;
}

/** Hosts that serve everybody: the start of the path says whose users come in. */
const shared: readonly { readonly host: RegExp; readonly tenant: RegExp }[] = [
  { host: /^(?:login\.microsoftonline\.(?:com|us)|login\.windows\.net|sts\.windows\.net)$/u, tenant: /^\/([^/]+)/u },
  { host: /^cognito-idp\.[a-z0-9-]+\.amazonaws\.com$/u, tenant: /^\/([^/]+)/u },
  { host: /^securetoken\.google\.com$/u, tenant: /^\/([^/]+)/u },
  { host: /^oidc\.eks\.[a-z0-9-]+\.amazonaws\.com$/u, tenant: /^\/(id\/[^/]+)/u },
];

export interface Provider {
  /** The host in lower case; on a host that serves everybody, with the tenant behind it. */
  readonly name: string;
  /** It is reached over plain HTTP, outside of the machine and of a cluster. */
  readonly isPlain: boolean;
}

/** Who stands behind an address; null for text that is none. A host without a scheme counts where it has a dot. */
export function providerOf(text: string): Provider | null {
  const [, scheme, host, path = ""] =
    /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:[^/?#@\s]*@)?(\[[0-9a-f:.]+\]|[a-z0-9_-][a-z0-9._-]*)(?::\d+)?(\/[^\s]*)?$/iu.exec(
      text,
    ) ?? [];
  if (host === undefined || (scheme === undefined && !host.includes("."))) return null;
  const named = host.toLowerCase().replace(/\.$/u, "");
  const tenant = shared.find((one) => one.host.test(named))?.tenant.exec(path)?.[1];
  return {
    name: tenant === undefined ? named : `${named}/${tenant.toLowerCase()}`,
    isPlain: scheme?.toLowerCase() === "http" && !isLocal(named),
  };
}

/** A host that no request leaves the machine, or the cluster, for. */
export function isLocal(host: string): boolean {
  const bare = host.replaceAll(/^\[|\]$/gu, "");
  const address = parseAddress(bare);
  if (address !== null) return address.family === 4 ? address.value >> 24n === 127n : address.value === 1n;
  return /(?:^|\.)localhost$|\.svc(?:\.cluster\.local)?$|^[^.]+$/u.test(bare);
}
