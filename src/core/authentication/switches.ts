import type { Language, Line } from "./source.ts";

/** What is written where a program does not verify, in one language. `of`: on the text with its strings, else on the code alone. */
interface Switch {
  readonly name: string;
  readonly languages: readonly Language[];
  readonly written: RegExp;
  readonly means: string;
}

const certificates = "the certificate of the other side is not verified: anybody on the way can take its place";
const tokens = "a token is taken that nobody signed, or that is not for this service, or not valid any more";
const origins = "any site may speak to it in the name of whoever is logged in";
const forgery = "other sites may send requests in the name of whoever is logged in";
const cookies = "scripts of a page, or whoever is on the way, can read the session";

function off(name: string, languages: string, written: RegExp, means: string): Switch {
  return { name, languages: languages.split(" ") as readonly Language[], written, means };
}

/** Each as the manual of its library writes it. */
export const switches: readonly Switch[] = [
  off("rejectUnauthorized", "script", /\brejectUnauthorized["']?\s*[:=]\s*false\b/u, certificates),
  off("NODE_TLS_REJECT_UNAUTHORIZED", "script", /\bNODE_TLS_REJECT_UNAUTHORIZED["'\]]*\s*=\s*["'`]?0/u, certificates),
  off("strictSSL", "script", /\bstrictSSL\s*:\s*false\b/u, certificates),
  off("verify=False", "python", /\bverify(?:_ssl|_certs)?\s*=\s*False\b/u, certificates),
  off("ssl=False", "python", /\bTCPConnector\([^)]*\b(?:ssl|verify_ssl)\s*=\s*False\b/u, certificates),
  off(
    "unverified context",
    "python",
    /\b_create_unverified_context\b|\bcert_reqs\s*=.*CERT_NONE|\bverify_mode\s*=.*CERT_NONE/u,
    certificates,
  ),
  off("check_hostname", "python", /\bcheck_hostname\s*=\s*False\b/u, certificates),
  off("InsecureSkipVerify", "go", /\bInsecureSkipVerify\s*[:=]\s*true\b/u, certificates),
  off("InsecureIgnoreHostKey", "go", /\bInsecureIgnoreHostKey\(\)/u, certificates),
  off(
    "trust of every certificate",
    "jvm",
    /\b(?:NoopHostnameVerifier|ALLOW_ALL_HOSTNAME_VERIFIER|TrustAllStrategy|InsecureTrustManagerFactory)\b|\bhostnameVerifier\b[^;]*->\s*true\b/iu,
    certificates,
  ),
  off(
    "trust of every certificate",
    "dotnet",
    /\bDangerousAcceptAnyServerCertificateValidator\b|\bServerCertificate(?:Custom)?ValidationCallback\s*\+?=[^;]*=>\s*true\b/u,
    certificates,
  ),
  off("VERIFY_NONE", "ruby", /\bVERIFY_NONE\b|\b(?:verify_ssl|ssl_verify)(?::|\s*=)\s*false\b/u, certificates),
  off("ignoreExpiration", "script", /\bignoreExpiration\s*:\s*true\b/u, tokens),
  off("algorithm none", "script python", /\balgorithms?["']?\s*[:=]\s*\[?[^\]]*["']none["']/iu, tokens),
  off("verify_signature", "python", /["']?\bverify_(?:signature|exp|aud|iss)["']?\s*[:=]\s*False\b/u, tokens),
  off(
    "unsigned tokens",
    "go",
    /\bUnsafeAllowNoneSignatureType\b|\bWithoutClaimsValidation\(\)|\bSkipClaimsValidation\s*[:=]\s*true\b/u,
    tokens,
  ),
  off(
    "validation of tokens",
    "dotnet",
    /\b(?:Validate(?:Issuer|Audience|Lifetime|IssuerSigningKey)|RequireSignedTokens|RequireExpirationTime)\s*=\s*false\b/u,
    tokens,
  ),
  off("decode without verification", "ruby", /\bJWT\.decode\([^,]+,\s*nil,\s*false\b/u, tokens),
  off(
    "any origin",
    "script",
    /\bcors\(\s*\)|\borigin\s*:\s*["'`]\*["'`]|Access-Control-Allow-Origin["'`]\s*[,:]\s*["'`]\*["'`]/u,
    origins,
  ),
  off("any origin", "python", /\b(?:allow_origins|origins|resources)\s*=\s*\[?\s*["']\*["']/u, origins),
  off("any origin", "go", /\bAllowAllOrigins\s*:\s*true\b|\bAllow(?:ed)?Origins\s*:\s*\[\]string\{\s*"\*"/u, origins),
  off(
    "any origin",
    "jvm",
    /\b(?:addAllowedOrigin(?:Pattern)?|allowedOrigins?(?:Patterns)?)\(\s*"\*"|@CrossOrigin\(\s*(?:origins\s*=\s*)?\{?\s*"\*"/u,
    origins,
  ),
  off("any origin", "dotnet", /\bAllowAnyOrigin\(\)|\bSetIsOriginAllowed\([^)]*=>\s*true\b/u, origins),
  off("any origin", "ruby", /^\s*origins\s+["']\*["']/u, origins),
  off("csrf_exempt", "python", /\bcsrf_exempt\b(?!.*\bimport\b)(?<!\bimport\b.*)/u, forgery),
  off(
    "csrf disabled",
    "jvm",
    /\bcsrf\(\)\s*\.\s*disable\(\)|\bcsrf\s*\(\s*(?:\(?\w+\)?\s*->\s*\w+\.disable\(\)|\w+::disable)|\bcsrf\s*\{\s*(?:it\.)?disable\(\)/u,
    forgery,
  ),
  off("IgnoreAntiforgeryToken", "dotnet", /\[\s*IgnoreAntiforgeryToken\b|\.DisableAntiforgery\(\)/u, forgery),
  off(
    "skip_forgery_protection",
    "ruby",
    /\bskip_forgery_protection\b|\bskip_before_action\s+:verify_authenticity_token\b/u,
    forgery,
  ),
  off("httpOnly", "script", /\bhttpOnly\s*:\s*false\b/u, cookies),
  off("httponly", "python", /\bset_cookie\(.*\b(?:httponly|secure)\s*=\s*False\b/u, cookies),
  off("HttpOnly", "go", /\bHttpOnly\s*:\s*false\b/u, cookies),
];

/** A switch that is thrown at a line. */
export interface Thrown {
  readonly name: string;
  readonly means: string;
  readonly line: number;
  /** The line without blanks, to tell those that stood before. */
  readonly text: string;
}

/** People write shorter lines; what a tool has put together comes from files that are read themselves. */
const longestLine = 2_000;

/** What a program does not verify. What stands in a string alone is no code, so the name must stand outside of one or before the sign. */
export function thrownIn(lines: readonly Line[], language: Language): readonly Thrown[] {
  const mine = switches.filter(({ languages }) => languages.includes(language));
  return lines.flatMap(({ code, text }, index) => {
    if (code.trim() === "" || code.length > longestLine) return [];
    return mine
      .filter(({ written }) => {
        const found = written.exec(text);
        return found !== null && isCode(code, text, found.index, found[0].length);
      })
      .map(({ name, means }) => ({ name, means, line: index + 1, text: text.replaceAll(/\s+/gu, "") }));
  });
}

/** Whether a part of what was found stands outside of quotes. */
function isCode(code: string, text: string, from: number, length: number): boolean {
  const [bare, whole] = [code.slice(from, from + length), text.slice(from, from + length)];
  return bare === whole || /[\w=:(]/u.test(bare.replaceAll(/["'`\s]/gu, ""));
}
