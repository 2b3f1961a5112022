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
const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * The environment of the process; where it is silent, the file's. A file that lies around must never override what an operator
 * set. A file that does not exist says nothing; one that cannot be read throws.
 */
export function readEnvironment(dotenvPath: string): Environment {
  return { ...readDotenv(dotenvPath), ...process.env };
}

/** What the command line takes from the environment: whether colours are wanted (https://no-color.org), and where git is. */
export function terminalEnvironment(): {
  readonly colour: boolean;
  readonly git: { readonly path: string; readonly home: string | undefined };
} {
  const { PATH: path = "/usr/local/bin:/usr/bin:/bin", HOME: home, NO_COLOR: noColor = "" } = process.env;
  return { colour: noColor === "", git: { path, home } };
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
      store:
        read.DATABASE_URL === undefined
          ? { kind: "sqlite", path: read.SQLITE_PATH }
          : { kind: "postgres", url: read.DATABASE_URL },
      host: read.HOST,
      port: read.PORT,
      githubApiUrl: read.GITHUB_API_URL,
      publicUrl: read.PUBLIC_URL ?? null,
      logLevel: read.LOG_LEVEL,
    },
  };
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
    throw error;
  }
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** The key itself, or the file that PRIVATE_KEY_PATH names; a key that was squeezed onto one line gets its line ends back. */
const privateKey = z
  .object({ PRIVATE_KEY: z.string().optional(), PRIVATE_KEY_PATH: z.string().optional() })
  .transform(({ PRIVATE_KEY, PRIVATE_KEY_PATH }, context) => {
    const refuse = (message: string) => {
      context.addIssue({ code: "custom", path: ["PRIVATE_KEY"], message });
      return z.NEVER;
    };
    let text = PRIVATE_KEY;
    if (text === undefined) {
      if (PRIVATE_KEY_PATH === undefined) {
        return refuse(
          "PRIVATE_KEY is missing: generate a private key on the GitHub App's settings page and set PRIVATE_KEY to its text, or PRIVATE_KEY_PATH to its file.",
        );
      }
      try {
        text = readFileSync(PRIVATE_KEY_PATH, "utf8");
      } catch {
        return refuse(
          "PRIVATE_KEY_PATH names a file that cannot be read: set it to the .pem file of the GitHub App's private key.",
        );
      }
    }
    const pem = text.replaceAll("\\n", "\n").trim();
    try {
      createPrivateKey(pem);
    } catch {
      return refuse(
        "PRIVATE_KEY is no private key in PEM form: set it to the whole text of the .pem file, from its BEGIN line to its END line; line ends may be written as \\n.",
      );
    }
    return pem;
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
  PUBLIC_URL: url("PUBLIC_URL is no https address: set it to where GitHub reaches this service.").optional(),
  LOG_LEVEL: z.enum(logLevels, `LOG_LEVEL is unknown: set it to one of ${logLevels.join(", ")}.`).default("info"),
});

/** Both halves are read whatever the other one says, so that every sentence comes at the first start. */
const variables = z.looseObject({}).transform((given, context) => {
  const key = privateKey.safeParse(given);
  const rest = others.safeParse(given);
  if (key.success && rest.success) return { ...rest.data, PRIVATE_KEY: key.data };
  for (const { path, message } of [...(rest.error?.issues ?? []), ...(key.error?.issues ?? [])]) {
    context.addIssue({ code: "custom", path, message });
  }
  return z.NEVER;
});
