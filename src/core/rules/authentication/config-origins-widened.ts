import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { type ListChange, listChanges } from "../../settings/listed.ts";
import { ladderOf, rungOf } from "../../settings/switches.ts";

const origins =
  /(?:allow(?:ed)? origins?(?: list| regex(?:es)?| patterns?)?|cors origins?(?: white ?list| allow ?list| list| regex(?:es)?)?|origin (?:white ?list|allow ?list|regex white ?list)|trusted origins|web origins|allow origin (?:list|regex)|cors (?:allowed|enabled) (?:origins?|domains|urls))$/u;
const redirects =
  /(?:redirect ur[il]s?|redirect ur[il] ?(?:allow ?list|white ?list)|callback ur[il]s?|post logout redirect ur[il]s?|ur[il] allow ?list|(?:allowed|white ?list) redirect (?:ur[il]s|domains))$/u;

/** Any site at all: a star, a pattern that fits everything, an origin that every sandboxed page has. */
const anybody = /^(?:\*|null|(?:https?:\/\/)\*|\/?\^?(?:https?\??:\\?\/\\?\/)?\(?\.[*+]\)?\$?\/?|\*\.[a-z]+)$/iu;
/** A redirection that more than the one who registered it can catch. */
const anywhere = /\*|\.[*+]|^http:\/\/(?!(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?(?:[/?#]|$))/iu;
const shown = 60;

export default defineRule({
  id: "config-origins-widened",
  invariant: "authentication-is-unchanged",
  severity: "high",
  confidence: "high",
  summary: "Any site may speak to the service in the name of whoever is logged in, or be sent the tokens of a login.",
  why: "A page that somebody merely visits can then read and do what they can; an open redirection hands over the login itself.",
  remedy: "Name each origin, and each place to return to, in full and with https.",
  needs: "values",
  options: z.strictObject({}),
  *detect(view, _, context) {
    for (const list of listChanges(view, context)) {
      const kind = origins.test(list.words) ? "origins" : redirects.test(list.words) ? "redirects" : null;
      if (kind === null) continue;
      const about = `${list.path} ${list.key}`;
      if (list.hidden !== null && list.removed.length > 0) {
        yield { at: list.hidden, about, undecided: `which ${kind} \`${list.key}\` lets in` };
        continue;
      }
      const worse = list.added.filter((item) => (kind === "origins" ? anybody : anywhere).test(item.text));
      const [first] = worse.filter(({ value }) => !isToldElsewhere(value));
      if (first === undefined) continue;
      yield {
        at: first.at,
        about,
        message:
          kind === "origins"
            ? `\`${list.key}\` takes \`${first.text.slice(0, shown)}\`: ${insteadOf(list)}any site is answered`
            : `\`${list.key}\` takes \`${first.text.slice(0, shown)}\`: what a login returns may be caught by others`,
        asks: true,
      };
    }
  },
  examples: {
    "a list that takes all": `
      M services/api/config.yaml
        cors:
          allow_credentials: true
          allowed_origins:
      -     - https://shop.acme.example
      >     - "*"`,
    "a pattern that fits everything": `
      M services/api/config.yaml
        cors:
          allow_credentials: true
      -   allow_origin_regex: ^https://[a-z]+\\.acme\\.example$
      >   allow_origin_regex: .*`,
    "the origin of every sandboxed page": `
      M services/api/config.yaml
        cors:
          origins: []
          allowedOrigins:
            - https://shop.acme.example
      >     - "null"`,
    "any place to return to": `
      M keycloak/realm.yaml
        clients:
          - clientId: web
            redirectUris:
      -       - https://shop.acme.example/callback
      >       - https://*`,
    "one origin more": `
      M services/api/config.yaml
        cors:
          allowed_origins:
            - https://shop.acme.example
      +     - https://help.acme.example`,
    "in another order": `
      M services/api/config.yaml
        cors:
          allowed_origins:
      -     - https://shop.acme.example
            - "*"
      +     - https://shop.acme.example`,
    "from a list to a text": `
      M services/api/config.yaml
        cors:
      -   allowed_origins: [https://a.acme.example, https://b.acme.example]
      +   allowed_origins: https://a.acme.example,https://b.acme.example`,
    "what developers run": `
      M config/development.yaml
        cors:
          allowed_origins:
      -     - http://localhost:3000
      +     - "*"`,
  },
});

/** The one word that a ladder of the dictionary knows is told by the rule that reads those. */
function isToldElsewhere(value: ListChange["added"][number]["value"]): boolean {
  const ladder = ladderOf(value);
  return ladder !== null && rungOf(ladder, value.after).kind === "rung";
}

function insteadOf({ removed }: ListChange): string {
  const [first] = removed;
  return first === undefined ? "" : `in the place of \`${first.text.slice(0, shown)}\`, `;
}
