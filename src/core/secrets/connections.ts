import { printableBase64 } from "./checksums.ts";
import { rank, type Candidate, type Level } from "./find.ts";
import { isPlaceholder, isReference, looksRandom } from "./placeholders.ts";
import { alphabet, startOfRun, type Reading } from "./shape.ts";

export const connectionKeywords = ["://", "password=", "pwd=", "basic ", "curl "] as const;

const scheme = alphabet("scheme", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
const loginMax = 256;
const hostMax = 128;
const nearby = 300;

/** Passwords that every beginner's guide has: they protect nothing and are no leak. */
const common =
  /^(pass(wd|word|phrase)?|pw|pwd|secret|postgres(ql)?|mysql|root|admin|administrator|user(name)?|test(ing)?|guest|rabbitmq|redis|mongo(db)?|minio(admin)?|dev(elopment)?|local(host)?|default|demo|development|docker|app|foo|bar|baz|abc|abc123|letmein|token|key|none|null|undefined|true|false|p|x|pat|api[-_]?key|access[-_]?key|(the)?token|whatever|pass%2fword|oauth2?|x-oauth-basic|x-access-token|[0-9]{1,6})[0-9!]{0,4}$/i;

/** The machine of whoever reads, a container beside it, or a name kept for examples. A name inside a network is none: what is there is in use. */
const ownHost =
  /^(localhost|127\.|0\.0\.0\.0|\[?::1|host\.docker\.internal|[a-z0-9_-]+$|.*\.(localhost|test|example|invalid|localdomain|docker))|(^|\.)(example|acme|foo|bar|domain|host|server|company|mycompany|yourdomain|myhost|site)\.(com|org|net|io|dev|co)$/i;

/** A login with a password in a URL whose `://` stands at `at`: `scheme://user:password@host`. */
export function urlLoginAt(reading: Reading, at: number): Candidate | null {
  const { text } = reading;
  const start = startOfRun(reading, at, scheme, 24);
  if (start === at) return null;
  const from = at + 3;
  let end = from;
  const limit = Math.min(text.length, from + loginMax);
  while (end < limit && !/[\s"'`<>/?#\\()[\],|]/.test(text[end] ?? " ")) end += 1;
  reading.work.steps += end - from;
  const login = text.slice(from, end);
  const separator = login.lastIndexOf("@");
  const colon = login.indexOf(":");
  if (separator < 0 || colon < 0 || colon > separator) return null;
  const password = login.slice(colon + 1, separator);
  const host = login
    .slice(separator + 1)
    .slice(0, hostMax)
    .replace(/:\d*$/, "");
  const level = levelOf(password, host);
  if (level === null || host.length === 0) return null;
  const passwordStart = from + colon + 1;
  return {
    rule: "url-password",
    what: `password in a URL (${text.slice(start, at).toLowerCase().slice(0, 16)})`,
    level,
    start: passwordStart,
    end: passwordStart + password.length,
    value: password,
    hint: "",
    rank: rank.connection,
  };
}

function levelOf(password: string, host: string): Level | null {
  if (password.length < 4 || isReference(password) || /[${}<>]|^\*+$|^:|%s|%[A-Z_]{3,}%/.test(password)) return null;
  if (common.test(password) || isPlaceholder(password)) return null;
  const own = ownHost.test(host) || /[${}<>%]/.test(host);
  if (own) return looksRandom(password) ? "review" : null;
  return looksRandom(password) || (password.length >= 10 && /[0-9]/.test(password)) ? "block" : "review";
}

/** A password in a connection string of JDBC, ODBC or .NET whose `password=` stands at `at`; `length` is that of the keyword. */
export function connectionPasswordAt(reading: Reading, at: number, length: number): Candidate | null {
  const { text } = reading;
  const from = at + length;
  let end = from;
  while (end < text.length && end - from < 128 && !/[\s"'`;&<>\\]/.test(text[end] ?? " ")) end += 1;
  const around = text.slice(Math.max(0, at - nearby), Math.min(text.length, end + nearby / 3));
  reading.work.steps += end - from + around.length;
  const line = around.slice(around.slice(0, at - Math.max(0, at - nearby)).lastIndexOf("\n") + 1).toLowerCase();
  const database =
    /jdbc:|(^|[;"'\s=])(server|data source|host|addr(ess)?)\s?=[^;]{1,80};|initial catalog=|; ?database=/.test(line);
  if (!database) return null;
  const password = text.slice(from, end);
  const host = /(?:server|data source|host)\s*=\s*(?:tcp:)?([^;,:\s]+)|jdbc:[a-z]+:(?:[a-z]+:)?@?\/\/([^/;:?]+)/.exec(
    line,
  );
  const level = levelOf(password, host?.[1] ?? host?.[2] ?? "localhost");
  if (level === null) return null;
  return {
    rule: "connection-string-password",
    what: "password in a connection string",
    level,
    start: from,
    end,
    value: password,
    hint: "",
    rank: rank.connection,
  };
}

/** The login of `Basic <base64 of user:password>` at `at`. */
export function basicLoginAt(reading: Reading, at: number): Candidate | null {
  const { text } = reading;
  const start = at + "basic ".length;
  const found = /^[A-Za-z0-9+/]{8,200}={0,2}/.exec(text.slice(start, start + 210));
  reading.work.steps += 210;
  if (found === null) return null;
  const login = printableBase64(found[0], 200);
  const colon = login?.indexOf(":") ?? -1;
  if (login === null || colon < 1) return null;
  const password = login.slice(colon + 1);
  if (password.length < 4 || common.test(password) || isPlaceholder(password) || isReference(password)) return null;
  return {
    rule: "basic-authorization",
    what: "login in a header of basic authorization",
    level: looksRandom(password) ? "block" : "review",
    start,
    end: start + found[0].length,
    value: login,
    hint: "",
    rank: rank.connection,
  };
}

/** The login of `curl -u user:password` whose `curl` stands at `at`, on the same line. */
export function curlLoginAt(reading: Reading, at: number): Candidate | null {
  const line = reading.text.slice(at, at + nearby).split("\n", 1)[0] ?? "";
  reading.work.steps += line.length;
  const found = /\s(?:-u|--user)[ =]?["']?[^\s:"']{1,64}:([^\s"']{4,128})/.exec(line);
  const password = found?.[1];
  if (found === null || password === undefined || levelOf(password, "a.b") === null) return null;
  const start = at + found.index + found[0].length - password.length;
  return {
    rule: "command-login",
    what: "login on a command line",
    level: "review",
    start,
    end: start + password.length,
    value: password,
    hint: "",
    rank: rank.connection,
  };
}

/** Whether a password is one that guides and tutorials use. */
export function isCommonPassword(password: string): boolean {
  return common.test(password);
}
