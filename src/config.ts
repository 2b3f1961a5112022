import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { z } from "zod";

/** All that the service is told from outside. Read once, here and nowhere else; the secrets in it are never logged. */
export interface Config {
  readonly appId: number;
  /** PEM, with real line ends. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** The second App, which may do what the gate may not; null: there is none. */
  readonly enforcer: { readonly appId: number; readonly privateKey: string } | null;
  /** Whoever sends it may halt and lift halts over HTTP; null: nobody may. */
  readonly adminToken: string | null;
  /** Monitoring signs with it what it posts to `/signals`; null: the address does not exist. */
  readonly signalsSecret: string | null;
  readonly store:
    | { readonly kind: "sqlite"; readonly path: string }
    | { readonly kind: "postgres"; readonly url: string };
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Base of GitHub's REST API, without a slash at the end. */
  readonly githubApiUrl: string;
  /** Where GitHub and people reach this service, without a slash at the end; null: not told. */
  readonly publicUrl: string | null;
  readonly logLevel: LogLevel;
  /** What charts are rendered with; null: they are not. */
  readonly helm: HelmProgram | null;
}

/** The program, and where it is looked up if it is only a name. */
export interface HelmProgram {
  readonly program: string;
  readonly path: string;
}

const logLevels = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Variables by name, as the process or a file gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  /** One sentence for each variable that stops the start. None of them quotes a value. */
  | { readonly ok: false; readonly sentences: readonly string[] };

const secretMinCharacters = 16;
const signalsSecretMinCharacters = 32;
const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * The environment of the process; where it is silent, the file's. A file that lies around must never override what an operator
 * set. A file that does not exist says nothing; one that cannot be read throws.
 */
export function readEnvironment(dotenvPath: string): Environment {
  return { ...readDotenv(dotenvPath), ...process.env };
}

const searchPath = "/usr/local/bin:/usr/bin:/bin";

/** What the command line takes from the environment: whether colours are wanted (https://no-color.org), and where git is. */
export function terminalEnvironment(): {
  readonly colour: boolean;
  readonly git: { readonly path: string; readonly home: string | undefined };
  readonly helm: HelmProgram | null;
} {
  const { PATH: path = searchPath, HOME: home, NO_COLOR: noColor = "", SALLYPORT_HELM: helm = "" } = process.env;
  return { colour: noColor === "", git: { path, home }, helm: helm === "" ? null : { program: helm, path } };
}

/** Reads the variables. An empty variable counts as missing. */
export function readConfig(environment: Environment): ConfigResult {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = variables.safeParse(given);
  if (!parsed.success) return { ok: false, sentences: sentencesOf(parsed.error) };
  const read = parsed.data;
  return {
    ok: true,
    config: {
      appId: read.APP_ID,
      privateKey: read.PRIVATE_KEY,
      webhookSecret: read.WEBHOOK_SECRET,
      enforcer: read.enforcer,
      adminToken: read.SALLYPORT_ADMIN_TOKEN ?? null,
      signalsSecret: read.SALLYPORT_SIGNALS_SECRET ?? null,
      store:
        read.DATABASE_URL === undefined
          ? { kind: "sqlite", path: read.SQLITE_PATH }
          : { kind: "postgres", url: read.DATABASE_URL },
      host: read.HOST,
      port: read.PORT,
      githubApiUrl: read.GITHUB_API_URL,
      publicUrl: read.PUBLIC_URL ?? null,
      logLevel: read.LOG_LEVEL,
      helm: read.SALLYPORT_HELM === undefined ? null : { program: read.SALLYPORT_HELM, path: read.PATH ?? searchPath },
    },
  };
}

/** The one variable that the rules for an administrator need: whoever prints them may hold no key of the App. */
export function readAppId(
  environment: Environment,
): { readonly ok: true; readonly appId: number } | { readonly ok: false; readonly sentences: readonly string[] } {
  const parsed = z.object({ APP_ID: others.shape.APP_ID }).safeParse({ APP_ID: environment["APP_ID"] || undefined });
  return parsed.success ? { ok: true, appId: parsed.data.APP_ID } : { ok: false, sentences: sentencesOf(parsed.error) };
}

/** What `sallyport halt` is told: where the service is and its token. It needs no key of the App. */
export function readOperator(
  environment: Environment,
):
  | { readonly ok: true; readonly url: string; readonly token: string }
  | { readonly ok: false; readonly sentences: readonly string[] } {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = operatorVariables.safeParse(given);
  if (!parsed.success) return { ok: false, sentences: sentencesOf(parsed.error) };
  const { SALLYPORT_ADMIN_TOKEN: token, PUBLIC_URL: address, HOST: host, PORT: port } = parsed.data;
  // A service that listens everywhere is reached here by the name of this machine.
  const here = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return { ok: true, url: address ?? `http://${here}:${port}`, token };
}

function sentencesOf(error: z.ZodError): string[] {
  // One sentence a variable: the first thing to do about it.
  const byVariable = new Map<string, string>();
  for (const { path, message } of error.issues) {
    const variable = String(path[0]);
    if (!byVariable.has(variable)) byVariable.set(variable, message);
  }
  return [...byVariable.values()];
}

function readDotenv(path: string): Environment {
  try {
    return parseEnv(readFileSync(path, "utf8"));
  } catch (error) {
    if (isMissingFile(error)) return {};
    throw new Error(`Cannot read ${path}: make it a file that this program may read, or take it away.`, {
      cause: error,
    });
  }
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

interface KeyNames {
  readonly text: "PRIVATE_KEY" | "ENFORCER_PRIVATE_KEY";
  readonly path: "PRIVATE_KEY_PATH" | "ENFORCER_PRIVATE_KEY_PATH";
  /** "the GitHub App's", as a sentence needs it. */
  readonly whose: string;
}

/** The key itself, or the file that the other variable names; a key that was squeezed onto one line gets its line ends back. */
const privateKeyIn = ({ text: ofText, path: ofPath, whose }: KeyNames) =>
  z.looseObject({}).transform((given, context) => {
    const refuse = (message: string) => {
      context.addIssue({ code: "custom", path: [ofText], message });
      return z.NEVER;
    };
    const named = z.string().optional();
    let text = named.parse(given[ofText]);
    if (text === undefined) {
      const path = named.parse(given[ofPath]);
      if (path === undefined) {
        return refuse(
          `${ofText} is missing: generate a private key on ${whose} settings page and set ${ofText} to its text, or ${ofPath} to its file.`,
        );
      }
      try {
        text = readFileSync(path, "utf8");
      } catch {
        return refuse(`${ofPath} names a file that cannot be read: set it to the .pem file of ${whose} private key.`);
      }
    }
    const pem = text.replaceAll("\\n", "\n").trim();
    try {
      createPrivateKey(pem);
    } catch {
      return refuse(
        `${ofText} is no private key in PEM form: set it to the whole text of the .pem file, from its BEGIN line to its END line; line ends may be written as \\n.`,
      );
    }
    return pem;
  });

const privateKey = privateKeyIn({ text: "PRIVATE_KEY", path: "PRIVATE_KEY_PATH", whose: "the GitHub App's" });
const enforcerKey = privateKeyIn({
  text: "ENFORCER_PRIVATE_KEY",
  path: "ENFORCER_PRIVATE_KEY_PATH",
  whose: "the enforcer's",
});

const url = (sentence: string) =>
  z.string().transform((text, context) => {
    const parsed = URL.canParse(text) ? new URL(text) : null;
    // Tokens travel to this address: in the clear only on this machine.
    const safe = parsed?.protocol === "https:" || (parsed?.protocol === "http:" && loopback.has(parsed.hostname));
    if (parsed !== null && safe && parsed.username === "" && parsed.search === "") return text.replace(/\/+$/, "");
    context.addIssue({ code: "custom", message: sentence });
    return z.NEVER;
  });

const adminToken = z
  .string()
  .regex(
    /^[\x21-\x7e]{32,512}$/,
    "SALLYPORT_ADMIN_TOKEN is shorter than 32 characters, or holds others than a header takes: set a random one, such as `openssl rand -hex 32` gives.",
  );
const publicUrl = url("PUBLIC_URL is no https address: set it to where GitHub reaches this service.");

const others = z.object({
  APP_ID: z
    .string("APP_ID is missing: set it to the App ID on the GitHub App's settings page.")
    .regex(/^[1-9]\d{0,14}$/, "APP_ID is no number: set it to the App ID on the GitHub App's settings page.")
    .transform(Number),
  WEBHOOK_SECRET: z
    .string(
      "WEBHOOK_SECRET is missing: set it to the webhook secret of the GitHub App, a random text such as `openssl rand -hex 32` gives.",
    )
    .min(
      secretMinCharacters,
      `WEBHOOK_SECRET is shorter than ${secretMinCharacters} characters: set a random one, such as \`openssl rand -hex 32\` gives, here and in the GitHub App.`,
    ),
  SALLYPORT_ADMIN_TOKEN: adminToken.optional(),
  SALLYPORT_SIGNALS_SECRET: z
    .string()
    .min(
      signalsSecretMinCharacters,
      `SALLYPORT_SIGNALS_SECRET is shorter than ${signalsSecretMinCharacters} characters: set a random one, such as \`openssl rand -hex 32\` gives, here and where signals are signed.`,
    )
    .optional(),
  DATABASE_URL: z
    .string()
    .regex(
      /^postgres(ql)?:\/\//,
      "DATABASE_URL is no PostgreSQL address: set it to postgres://USER:PASSWORD@HOST:PORT/DATABASE, or leave it out to use a SQLite file.",
    )
    .optional(),
  SQLITE_PATH: z.string().default("./sallyport.db"),
  HOST: z.string().default("127.0.0.1"),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, "PORT is no port: set it to a number from 0 to 65535.")
    .transform(Number)
    .refine((port) => port <= 65_535, "PORT is no port: set it to a number from 0 to 65535.")
    .default(3000),
  GITHUB_API_URL: url(
    "GITHUB_API_URL is no address of a GitHub API: set it to https://HOST/api/v3 of your GitHub Enterprise Server, or leave it out for github.com.",
  ).default("https://api.github.com"),
  PUBLIC_URL: publicUrl.optional(),
  SALLYPORT_HELM: z.string().optional(),
  PATH: z.string().optional(),
  LOG_LEVEL: z.enum(logLevels, `LOG_LEVEL is unknown: set it to one of ${logLevels.join(", ")}.`).default("info"),
});

const enforcerVariables = ["ENFORCER_APP_ID", "ENFORCER_PRIVATE_KEY", "ENFORCER_PRIVATE_KEY_PATH"];
const enforcerId = z.object({
  ENFORCER_APP_ID: z
    .string("ENFORCER_APP_ID is missing: set it to the App ID of the enforcer, or leave out its key too.")
    .regex(/^[1-9]\d{0,14}$/, "ENFORCER_APP_ID is no number: set it to the App ID on the enforcer's settings page.")
    .transform(Number),
});

/** Every part is read whatever the others say, so that every sentence comes at the first start. */
const variables = z.looseObject({}).transform((given, context) => {
  const key = privateKey.safeParse(given);
  const rest = others.safeParse(given);
  const hasEnforcer = enforcerVariables.some((name) => given[name] !== undefined);
  const hands = hasEnforcer
    ? { id: enforcerId.safeParse(given), key: enforcerKey.safeParse(given) }
    : { id: null, key: null };
  const parts = [rest, key, hands.id, hands.key];
  for (const { path, message } of parts.flatMap((part) => part?.error?.issues ?? [])) {
    context.addIssue({ code: "custom", path, message });
  }
  if (!key.success || !rest.success || hands.id?.success === false || hands.key?.success === false) return z.NEVER;
  const enforcer = hands.id === null ? null : { appId: hands.id.data.ENFORCER_APP_ID, privateKey: hands.key.data };
  return { ...rest.data, PRIVATE_KEY: key.data, enforcer };
});

const operatorVariables = z.object({
  SALLYPORT_ADMIN_TOKEN: z
    .string("SALLYPORT_ADMIN_TOKEN is missing: set it to the same random text here and for the service.")
    .pipe(adminToken),
  PUBLIC_URL: publicUrl.optional(),
  HOST: z
    .enum(
      ["127.0.0.1", "localhost", "::1", "0.0.0.0", "::"],
      "HOST is no address of this machine: set PUBLIC_URL to where the service is reached; the token travels there.",
    )
    .default("127.0.0.1"),
  PORT: others.shape.PORT,
});
