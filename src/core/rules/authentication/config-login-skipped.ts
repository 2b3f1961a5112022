import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { type ListChange, listChanges } from "../../settings/listed.ts";
import { asksByName, isOfHealth, routerOf, type Skipping, skippingOf } from "../../settings/skipped.ts";

const shown = 80;
const on = /^(?:true|yes|on|1)$/iu;
const none = /^(?:false|no|off|0|null|none)$/iu;

export default defineRule({
  id: "config-login-skipped",
  invariant: "authentication-is-unchanged",
  severity: "high",
  confidence: "medium",
  summary:
    "A proxy lets more requests pass without a login: a path, an address or a switch came, or a router lost what asks for it.",
  why: "What stands behind the proxy counts on it, and serves whoever gets there.",
  remedy: "Name single paths, anchored at both ends, and keep what asks for a login on every router that had it.",
  needs: "values",
  options: z.strictObject({}),
  *detect(view, _, context) {
    const lists = listChanges(view, context).filter(({ inNewFile }) => !inNewFile);
    for (const list of lists) {
      const skipping = skippingOf(list.words);
      if (skipping === null) continue;
      const about = `${list.path} ${list.key}`;
      if (list.unread !== null) {
        yield { at: list.unread, about, undecided: `what \`${list.key}\` lets in without a login` };
        continue;
      }
      const item = letsIn(list, skipping);
      if (item === undefined) continue;
      yield {
        at: item.at,
        about,
        message: `\`${list.key}\` takes \`${item.text.slice(0, shown)}\`: ${said[skipping]}`,
        asks: true,
      };
    }
    yield* unguarded(lists);
  },
  examples: {
    "a path without a login": `
      M deploy/oauth2-proxy.cfg
        provider = "oidc"
      - skip_auth_routes = ["GET=^/healthz$"]
      > skip_auth_routes = ["GET=^/healthz$", "^/api/"]`,
    "a flag that lets a path pass": `
      M k8s/proxy.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: proxy }
        spec:
          template:
            spec:
              containers:
                - name: proxy
                  image: quay.io/oauth2-proxy/oauth2-proxy:v7.6.0
                  args:
                    - --provider=oidc
      >             - --skip-auth-regex=^/admin`,
    "failures pass": `
      M envoy/envoy.yaml
        http_filters:
          - name: envoy.filters.http.ext_authz
            typed_config:
      -       failure_mode_allow: false
      >       failure_mode_allow: true`,
    "whoever has no key is somebody": `
      M kong/kong.yaml
        plugins:
          - name: key-auth
            config:
              hide_credentials: true
      >       anonymous: guest`,
    "a router without its login": `
      M traefik/dynamic.yaml
        http:
          routers:
            admin:
              rule: Host(\`admin.acme.example\`)
              service: admin
              middlewares:
      <         - forward-auth
                - gzip`,
    "an address that is asked nothing": `
      M deploy/oauth2-proxy.cfg
        provider = "oidc"
      > trusted_ips = "10.0.0.0/8"`,
    "a check of health": `
      M deploy/oauth2-proxy.cfg
        provider = "oidc"
      + skip_auth_routes = ["GET=^/healthz$"]`,
    "another login of a router": `
      M traefik/dynamic.yaml
        http:
          routers:
            admin:
              rule: Host(\`admin.acme.example\`)
              service: admin
              middlewares:
      -         - forward-auth
      +         - oidc
                - gzip`,
    "the router goes": `
      M traefik/dynamic.yaml
        http:
          routers:
            web:
              rule: Host(\`acme.example\`)
              service: web
      -     admin:
      -       rule: Host(\`admin.acme.example\`)
      -       service: admin
      -       middlewares:
      -         - forward-auth`,
    "a proxy that comes": `
      A services/new/oauth2-proxy.cfg
        provider = "oidc"
        skip_auth_routes = ["^/public/"]`,
    "where answers of a proxy are trusted": `
      M traefik/traefik.yaml
        entryPoints:
          web:
            forwardedHeaders:
              trustedIPs:
                - 10.1.0.0/16
      +         - 10.2.0.0/16`,
  },
});

const said: Readonly<Record<Skipping, string>> = {
  open: "it is served without a login",
  switch: "requests pass that nobody was asked about",
  "stand-in": "whoever fails to log in is let in under this name",
};

function letsIn({ added }: ListChange, skipping: Skipping): ListChange["added"][number] | undefined {
  switch (skipping) {
    case "open":
      return added.find(({ text }) => !isOfHealth(text) && !none.test(text));
    case "switch":
      return added.find(({ text }) => on.test(text));
    case "stand-in":
      return added.find(({ text }) => !none.test(text));
  }
}

/** Routers that stay, and whose middlewares hold nothing any more that asks for a login by its name. */
function* unguarded(lists: readonly ListChange[]) {
  const routed = lists.flatMap((list) => {
    const router = routerOf(list.key);
    return router === null ? [] : [{ list, router }];
  });
  for (const group of Map.groupBy(routed, ({ list, router }) => `${list.path}\n${router}`).values()) {
    const [first] = group;
    const lost = group.flatMap(({ list }) => list.removed).find(({ text }) => asksByName(text));
    const comes = group.some(({ list }) => list.added.some(({ text }) => asksByName(text)));
    if (first === undefined || lost === undefined || comes) continue;
    const { path } = first.list;
    const about = `${path} ${first.router}`;
    const hidden = group.find(({ list }) => list.hidden !== null)?.list.hidden;
    if (hidden != null) {
      yield { at: hidden, about, undecided: `whether \`${first.router}\` still asks for a login` };
      continue;
    }
    // A router that goes lets nobody in; one that is renamed is a router that nobody can tell from a new one.
    const isGone = lists.some(
      (one) =>
        one.path === path &&
        one.key.startsWith(`${first.router}.`) &&
        /\.(?:rule|service|match|entrypoints)$/iu.test(one.key) &&
        one.removed.length > 0 &&
        one.added.length === 0,
    );
    if (isGone) continue;
    yield {
      at: lost.at,
      about,
      message: `\`${lost.text.slice(0, shown)}\` is gone from the middlewares of \`${first.router}\`: it is served without a login`,
      asks: true as const,
    };
  }
}
