import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { type ListChange, listChanges } from "../../settings/listed.ts";

/** Those who may log in, by their names. */
const people = {
  names:
    /(?:^| )(?:email domains?|allowed (?:email )?domains?|allowed (?:google )?groups?|allowed organi[sz]ations?|allowed teams?|allowed emails|hosted domains?|github orgs?|required groups?)$/u,
  what: "somebody of those named",
};
/** Keys that ask for something by standing there, and what is asked for. */
const asking: readonly { readonly names: RegExp; readonly what: string }[] = [
  { names: /(?:^| )requirepass$/u, what: "a password" },
  {
    names: /(?:^| )auth (?:basic(?: user file)?|request|jwt)$|(?:^| )basic auth users?$|(?:^| )htpasswd(?: file)?$/u,
    what: "a login",
  },
  {
    names: /(?:^| )(?:ssl client certificate|client ca file|trusted ca file|tls client ca)$/u,
    what: "a certificate of clients",
  },
  people,
  {
    names: /(?:^| )(?:jwt|oidc|oauth2?|token|bearer)(?: (?!validate|verify|require)\w+)* (?:issuer|audience)s?$/u,
    what: "a token of this issuer, for this service",
  },
];
const nothing = /^(?:off|none|false|null)$/iu;
/** Blocks of nginx: what asked in one that is gone asks nobody any more, and lets nobody in. */
const blocks = /(?:^| )(?:location|server)$/u;
const publicMail = /^@?(?:gmail|googlemail|outlook|hotmail|yahoo|icloud|live|gmx|proton(?:mail)?)\.[a-z]+$/iu;

export default defineRule({
  id: "config-login-removed",
  invariant: "authentication-is-unchanged",
  severity: "critical",
  confidence: "medium",
  summary: "What asked people or programs who they are, or named those who may log in, is gone from a configuration.",
  why: "A key that only has to stand there fails nothing when it goes: everybody who reaches the port is let in.",
  remedy: "Keep it, or show where the login is asked for from now on.",
  needs: "values",
  options: z.strictObject({}),
  *detect(view, _, context) {
    const lists = listChanges(view, context);
    for (const [path, own] of Map.groupBy(lists, (list) => list.path)) {
      for (const { names, what } of asking) {
        const named = own.filter(({ words }) => names.test(words));
        const come = named.filter(({ added }) => added.some(({ text }) => !nothing.test(text)));
        let gone = named.filter((list) => isGone(list));
        // A block that went took its own with it, and a key of another name or place may ask the same.
        gone = gone.slice(come.filter((list) => !gone.includes(list)).length + blocksGone(own));
        const [first] = gone;
        const at = first?.removed[0]?.at;
        if (first !== undefined && at !== undefined) {
          yield {
            at: first.added[0]?.at ?? at,
            about: `${path} ${first.key}`,
            message: `\`${first.key}\` ${first.added.length > 0 ? "is off" : "is gone"}: ${what} is not asked for any more`,
            asks: true,
          };
        }
        yield* hiddenIn(named, what);
      }
      yield* admitted(own);
    }
  },
  examples: {
    "the password of Redis": `
      M deploy/redis.conf
        port 6379
      < requirepass something-long
        maxmemory 1gb`,
    "nginx asks for no login": `
      M nginx/nginx.conf
        location /admin {
      -   auth_basic "Staff";
      >   auth_basic off;
          proxy_pass http://admin;
        }`,
    "whoever has an address may log in": `
      M deploy/oauth2-proxy.cfg
        provider = "google"
      - email_domains = "acme.example"
      > email_domains = "*"`,
    "the groups are gone": `
      M deploy/dex.yaml
        connectors:
          - name: github
            config:
              clientID: web
              allowed_groups:
      <         - staff`,
    "tokens of any audience": `
      M services/api/config.yaml
        jwt:
          issuer: https://login.acme.example
      <   audience: api`,
    "the place goes with its login": `
      M nginx/nginx.conf
        server {
      -   location /admin {
      -     auth_basic "Staff";
      -     proxy_pass http://admin;
      -   }
          listen 80;
        }`,
    "another login": `
      M nginx/nginx.conf
        location /admin {
      -   auth_basic "Staff";
      +   auth_request /login;
          proxy_pass http://admin;
        }`,
    "one group fewer": `
      M deploy/dex.yaml
        connectors:
          - name: github
            config:
              clientID: web
              allowed_groups:
                - staff
      -         - contractors`,
  },
});

function isGone({ added, removed, isEmptied, inPlace, hidden }: ListChange): boolean {
  if (removed.length === 0 || hidden !== null || !removed.some(({ text }) => !nothing.test(text))) return false;
  return (isEmptied && inPlace) || (added.length > 0 && added.every(({ text }) => nothing.test(text)));
}

function blocksGone(lists: readonly ListChange[]): number {
  return lists
    .filter(({ words }) => blocks.test(words))
    .map(({ added, removed }) => (added.length === 0 && removed.length > 0 ? 1 : 0))
    .reduce<number>((sum, one) => sum + one, 0);
}

function* hiddenIn(named: readonly ListChange[], what: string) {
  for (const { hidden, removed, path, key } of named) {
    if (hidden === null || removed.length === 0) continue;
    yield { at: hidden, about: `${path} ${key}`, undecided: `whether \`${key}\` still asks for ${what}` };
  }
}

/** Names of those who may log in that let in everybody who has a mailbox. */
function* admitted(lists: readonly ListChange[]) {
  for (const { added, words, path, key } of lists) {
    if (!people.names.test(words)) continue;
    const all = added.find(({ text }) => text === "*" || publicMail.test(text));
    if (all === undefined) continue;
    yield {
      at: all.at,
      about: `${path} ${key}`,
      message: `\`${key}\` takes \`${all.text}\`: anybody who has an address may log in`,
      asks: true as const,
    };
  }
}
