import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { isExpression } from "../../settings/amounts.ts";
import { type ListChange, listChanges } from "../../settings/listed.ts";
import { providerOf, type Trust, trustOf } from "../../settings/providers.ts";

const shown = 80;
const whose: Readonly<Record<Trust, string>> = {
  issuer: "another issuer says who somebody is",
  keys: "the keys that tokens are verified with come from another place",
  endpoint: "a login asks another host",
  audience: "tokens that were made for another service are taken",
  client: "the login is that of another client",
};

export default defineRule({
  id: "config-login-provider-changed",
  invariant: "authentication-is-unchanged",
  severity: "high",
  confidence: "medium",
  summary:
    "Another host or tenant is trusted with logins: the issuer of tokens, the source of their keys, an audience or a client changed.",
  why: "Whoever holds the issuer or the keys can say that they are anybody, and every token of theirs verifies.",
  remedy: "Have somebody who runs the logins confirm the new place, or keep the former one.",
  needs: "values",
  options: z.strictObject({}),
  *detect(view, _, context) {
    const all = listChanges(view, context).flatMap((list) => {
      const trust = trustOf(list.words);
      return trust === null ? [] : [{ list, trust }];
    });
    for (const { list, trust } of all) {
      const { path, key, hidden, removed } = list;
      const about = `${path} ${key}`;
      if (hidden !== null && removed.some(({ text }) => isJudged(trust, text))) {
        yield { at: hidden, about, undecided: `whom \`${key}\` trusts with logins` };
        continue;
      }
      const open = list.added.find(({ value }) => isHiddenBefore(value.before));
      if (open !== undefined) {
        yield { at: open.at, about, undecided: `whether \`${key}\` trusted the same before` };
        continue;
      }
      const found = isNamed(trust) ? anotherName(list) : anotherHost(list);
      if (found === null) continue;
      const stays = trust === "keys" && !all.some((one) => one.trust === "issuer" && one.list.path === path);
      const was = removed[0] === undefined ? "" : `\`${removed[0].text.slice(0, shown)}\` → `;
      yield {
        at: found.at,
        about,
        message: `\`${key}\` ${was}\`${found.text.slice(0, shown)}\`: ${found.isPlain ? "what says who somebody is comes over plain HTTP" : whose[trust]}${stays ? ", and no issuer changes with it" : ""}`,
        asks: true,
      };
    }
  },
  examples: {
    "another issuer": {
      reverse: "reports",
      change: `
      M services/api/config.yaml
        oidc:
          client_id: shop
      -   issuer: https://login.acme.example
      >   issuer: https://login.acrne.example`,
    },
    "the keys come from elsewhere": {
      reverse: "reports",
      change: `
      M services/api/application.properties
        spring.security.oauth2.resourceserver.jwt.issuer-uri=https://login.acme.example
      - spring.security.oauth2.resourceserver.jwt.jwk-set-uri=https://login.acme.example/keys
      > spring.security.oauth2.resourceserver.jwt.jwk-set-uri=https://keys.other.example/keys`,
    },
    "users of every tenant": {
      reverse: "reports",
      change: `
      M services/api/appsettings.json
        {
          "AzureAd": {
      -     "Authority": "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0"
      >     "Authority": "https://login.microsoftonline.com/common/v2.0"
          }
        }`,
    },
    "over plain HTTP": `
      M deploy/oauth2-proxy.cfg
        provider = "oidc"
      - oidc_issuer_url = "https://login.acme.example"
      > oidc_issuer_url = "http://login.acme.example"`,
    "one audience more": `
      M services/api/config.yaml
        jwt:
          issuer: https://login.acme.example
          audiences:
            - api
      >     - shop`,
    "another client": {
      reverse: "reports",
      change: `
      M deploy/web.env
        PORT=8080
      - OAUTH_CLIENT_ID=shop
      > OAUTH_CLIENT_ID=shop-next`,
    },
    "another port and path of the same host": `
      M services/api/config.yaml
        oidc:
      -   issuer: https://login.acme.example/old
      +   issuer: https://login.acme.example:8443/new`,
    "a service that comes": `
      A services/new/config.yaml
        oidc:
          issuer: https://login.acme.example
          client_id: new`,
    "one issuer fewer": `
      M services/api/config.yaml
        jwt:
          issuers:
            - https://login.acme.example
      -     - https://old.acme.example`,
    "what issues certificates": `
      M services/api/config.yaml
        certificate:
      -   issuer: letsencrypt-staging.acme.example
      +   issuer: letsencrypt.acme.example`,
    "what developers run": `
      M config/development.yaml
        oidc:
      -   issuer: https://login.acme.example
      +   issuer: http://keycloak:8080`,
  },
});

function isNamed(trust: Trust): boolean {
  return trust === "audience" || trust === "client";
}

/** Without an address there is no host to compare: `issuer: acme` is a name, and another name is another issuer. */
function isJudged(trust: Trust, text: string): boolean {
  return isNamed(trust) || trust === "issuer" || providerOf(text) !== null;
}

function isHiddenBefore(before: ListChange["added"][number]["value"]["before"]): boolean {
  return typeof before?.scalar === "string" && isExpression(before.scalar);
}

type Found = Pick<ListChange["added"][number], "text" | "at"> & { readonly isPlain: boolean };

function anotherName(list: ListChange): Found | null {
  const [first] = list.added;
  return first === undefined || (list.removed.length === 0 && !isExtended(list)) ? null : { ...first, isPlain: false };
}

function anotherHost(list: ListChange): Found | null {
  if (list.removed.length === 0 && !isExtended(list)) return null;
  const were = list.removed.map(({ text }) => ({ text, of: providerOf(text) }));
  for (const item of list.added) {
    const is = providerOf(item.text);
    const same = were.filter(({ text, of }) => (is === null ? text === item.text : of?.name === is.name));
    if (same.length === 0) {
      // A path in a file or a key that is written out names no host.
      if (is !== null) return { ...item, isPlain: is.isPlain };
      continue;
    }
    if (is?.isPlain === true && !same.some(({ of }) => of?.isPlain === true)) return { ...item, isPlain: true };
  }
  return null;
}

/** Items came to a list that had some; a key that is new widens nothing that stood there. */
function isExtended({ added }: ListChange): boolean {
  if (added.some(({ value }) => value.before !== undefined)) return true;
  const positions = added.map(({ value }) => value.segments.at(-1) ?? "");
  return positions.length > 0 && positions.every((at) => /^[1-9]\d*$/u.test(at));
}
