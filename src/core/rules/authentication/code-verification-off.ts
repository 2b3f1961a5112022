import { z } from "zod";
import { programsOf } from "../../authentication/source.ts";
import { type Thrown, thrownIn } from "../../authentication/switches.ts";
import { inCode } from "../../kubernetes/telling.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "code-verification-off",
  invariant: "authentication-is-unchanged",
  severity: "high",
  confidence: "medium",
  summary: "A program verifies less than before: certificates, tokens, origins, or where a request comes from.",
  why: "It works as well as before, for everybody: also for those whom the check was there to keep out.",
  remedy: "Keep the check; give the program the certificate, the key or the origin that it lacks.",
  needs: "paths",
  options: z.strictObject({}),
  *detect({ files }) {
    const programs = programsOf(files).map((program) => ({
      ...program,
      stood: thrownIn(program.before ?? [], program.language),
      stands: thrownIn(program.after ?? [], program.language),
    }));
    // What only moved from one file to another is no more than before.
    const goneOf = new Map<string, number>();
    for (const { path, stood, stands } of programs) {
      const isMoved = files.some((file) => file.path === path && file.before === null);
      for (const { name, text } of isMoved ? [] : without(stood, stands)) count(goneOf, `${name} ${text}`, 1);
    }
    for (const { path, language, stood, stands, unread } of programs) {
      if (unread !== null) {
        yield { at: { path, side: "head", line: 1 }, undecided: `what ${inCode(path)} verifies: ${unread}` };
        continue;
      }
      for (const [name, come] of Map.groupBy(without(stands, stood), (one) => one.name)) {
        const own = come.filter(({ text }) => {
          const isKnown = (goneOf.get(`${name} ${text}`) ?? 0) > 0;
          if (isKnown) count(goneOf, `${name} ${text}`, -1);
          return !isKnown;
        });
        const [first] = own;
        if (first === undefined) continue;
        const more = own.length > 1 ? ` (${own.length} places)` : "";
        yield {
          at: { path, side: "head", line: first.line },
          about: `${path} ${language} ${name}`,
          message: `${name}${more}: ${first.means}`,
          asks: true,
        };
      }
    }
  },
  examples: {
    "certificates in Python": `
      M shop/client.py
        import requests
        def charge(order):
      -     return requests.post(URL, json=order)
      >     return requests.post(URL, json=order, verify=False)`,
    "certificates in Go": `
      M internal/client/client.go
        package client
        func New() *http.Client {
      -   cfg := &tls.Config{RootCAs: pool}
      >   cfg := &tls.Config{RootCAs: pool, InsecureSkipVerify: true}
          return &http.Client{Transport: &http.Transport{TLSClientConfig: cfg}}
        }`,
    "tokens that nobody signed": `
      M src/session.ts
        export function claims(token: string) {
      -   return jwt.verify(token, key, { algorithms: ["RS256"] });
      >   return jwt.verify(token, key, { algorithms: ["RS256", "none"] });
        }`,
    "any origin": `
      M src/server.js
        const app = express();
      - app.use(cors({ origin: ["https://shop.acme.example"] }));
      > app.use(cors({ origin: "*" }));`,
    "requests of other sites": `
      M src/main/java/Security.java
        class Security {
          SecurityFilterChain chain(HttpSecurity http) {
      -     return http.csrf(Customizer.withDefaults()).build();
      >     return http.csrf(csrf -> csrf.disable()).build();
          }
        }`,
    "the lifetime of tokens": `
      M Api/Startup.cs
        options.TokenValidationParameters = new TokenValidationParameters {
          ValidateIssuer = true,
      -   ValidateLifetime = true,
      >   ValidateLifetime = false,
        };`,
    "a controller that takes any form": `
      M app/controllers/orders_controller.rb
        class OrdersController < ApplicationController
      >   skip_before_action :verify_authenticity_token
          def create; end
        end`,
    "in a comment and in a text": `
      M shop/client.py
        import requests
      + # never pass verify=False here
      + HINT = "verify=False is refused"
        def charge(order):
            return requests.post(URL, json=order)`,
    "in a test": `
      M shop/tests/test_client.py
        import requests
      - requests.get(URL)
      + requests.get(URL, verify=False)`,
    "it stood there before, on another line": `
      M shop/client.py
        import requests
      + import logging
        def charge(order):
      -     return requests.post(URL, json=order, verify=False)
      +     logging.info("charge")
      +     return requests.post(URL, json=order, timeout=3, verify=False)`,
    "it moves to another file": `
      M shop/client.py
        import requests
      - requests.post(URL, verify=False)
      M shop/payments.py
        import requests
      + requests.post(URL, verify=False)`,
  },
});

/** Those of the first that are more than the second has: of a name, as many as there are more. The lines that are new come first. */
function without(some: readonly Thrown[], others: readonly Thrown[]): readonly Thrown[] {
  return [...Map.groupBy(some, ({ name }) => name)].flatMap(([name, own]) => {
    const known = others.filter((other) => other.name === name);
    const texts = new Set(known.map(({ text }) => text));
    const isNew = own.filter(({ text }) => !texts.has(text));
    const rest = own.filter(({ text }) => texts.has(text));
    return [...isNew, ...rest].slice(0, Math.max(0, own.length - known.length));
  });
}

function count(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
