import type { Language } from "./source.ts";

/** What a decorator, an annotation, a base class or a function does for the code that it stands at. */
export type Mark = "guard" | "opening";

/** Names that ask who somebody is, in any language: `login_required`, `requireAuth`, `JwtAuthGuard`. */
const asks =
  /^(?:(?:requires?|ensure|check|verify|must|needs?|with|only|protect|enforce|validate|assert)_?(?:be_?)?\w*(?:auth|login|logged|signed|user|session|token|jwt|role|admin|permission|scope|api_?key|staff|account)\w*|\w*(?:auth(?:enticat\w*|oriz\w*)?|login|permissions?|roles?|admin|jwt|token|session|user|staff|scopes?|superuser)_?(?:required|protected|guard|check|middleware|handler|interceptor|only)|(?:is_?)?auth(?:enticated?|entication|orized?|orization|n|z)?|is_?(?:logged_?in|admin)|authenticate\w*|protected|secured|jwt|access_?control)$/iu;

const marks: Readonly<Record<Language, readonly (readonly [RegExp, Mark])[]>> = {
  python: [
    [/^permission_classes\b.*\b(?:AllowAny|IsAuthenticatedOrReadOnly)\b/su, "opening"],
    [/^permission_classes\s*(?:=|\()\s*[[(]\s*[\])]/su, "opening"],
    [/^permission_classes\b.*\w/su, "guard"],
    [
      /^(?:allow_anonymous|anonymous_allowed|public(?:_endpoint)?|no_auth\w*|skip_auth\w*|login_not_required)\b/u,
      "opening",
    ],
    [
      /^(?:user_passes_test|staff_member_required|permission_required|roles?_accepted|auth\.login_required)\b/u,
      "guard",
    ],
  ],
  script: [
    [/^(?:Public|AllowAnonymous|SkipAuth\w*|NoAuth\w*|IsPublic|AllowUnauthorized\w*|Unauthenticated)\b/u, "opening"],
    [/^UseGuards\b.*(?:auth|jwt|role|perm|session|login|token|key|admin|access)/isu, "guard"],
    [/^(?:Roles?|Auth|Authorized|Authenticated|RequirePermissions?|Permissions?|Scopes?)\b/u, "guard"],
  ],
  jvm: [
    [/^(?:PermitAll|AnonymousAllowed|SaIgnore|AnonymousAccess|PassToken)\b/u, "opening"],
    [/^(?:PreAuthorize|Secured)\b.*(?:permitAll|isAnonymous|IS_ANONYMOUS|IS_AUTHENTICATED_ANONYMOUSLY)/su, "opening"],
    [
      /^(?:PreAuthorize|PostAuthorize|Secured|RolesAllowed|Authenticated|DenyAll|Requires(?:Authentication|Permissions|Roles|User)|SaCheck\w+)\b/u,
      "guard",
    ],
  ],
  go: [],
  ruby: [],
  dotnet: [
    [/^(?:AllowAnonymous)(?:Attribute)?\b/u, "opening"],
    [/^(?:Authorize|RequiresClaim|RequiredScope|RequirePermission\w*)(?:Attribute)?\b/u, "guard"],
  ],
};

/** What a decorator or annotation, written without its sign, does. Null: nothing that is known. */
export function markOf(written: string, language: Language): Mark | null {
  const known = marks[language].find(([names]) => names.test(written));
  if (known !== undefined) return known[1];
  const name = /^[\w.]+/u.exec(written)?.[0].split(".").at(-1) ?? "";
  return asks.test(name) ? "guard" : null;
}

export function isAsking(name: string): boolean {
  return asks.test(name);
}

/** Whether a word has anything to do with who may: where such a thing comes in the place of another, nobody can say which asks more. */
export function mayAsk(written: string): boolean {
  return /auth|login|perm|role|secur|guard|protect|access|token|sign|verif|session|admin|user|scope|policy|jwt|key|staff|owner|member|private|internal|require|allow|can_|may_/iu.test(
    written,
  );
}
