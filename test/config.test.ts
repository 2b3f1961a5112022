import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { type Environment, readConfig, readEnvironment, readOperator } from "../src/config.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const complete = { APP_ID: "12", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: "0123456789abcdef" };
const home = mkdtempSync(join(tmpdir(), "sallyport-config-"));
afterAll(() => rmSync(home, { recursive: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(home, name), text);
  return join(home, name);
};
const config = (environment: Environment) => {
  const result = readConfig(environment);
  if (!result.ok) throw new Error(result.sentences.join("\n"));
  return result.config;
};
const sentences = (environment: Environment): readonly string[] => {
  const result = readConfig(environment);
  return result.ok ? [] : result.sentences;
};

describe("a complete environment", () => {
  test("gives the defaults where it is silent", () => {
    expect(config(complete)).toEqual({
      appId: 12,
      privateKey: privateKey.trim(),
      webhookSecret: "0123456789abcdef",
      enforcer: null,
      adminToken: null,
      signalsSecret: null,
      store: { kind: "sqlite", path: "./sallyport.db" },
      host: "127.0.0.1",
      port: 3000,
      githubApiUrl: "https://api.github.com",
      publicUrl: null,
      logLevel: "info",
      helm: null,
    });
  });

  test("takes an admin token that cannot be guessed, and no other", () => {
    const token = "0123456789abcdef0123456789abcdef";
    expect(config({ ...complete, SALLYPORT_ADMIN_TOKEN: token }).adminToken).toBe(token);
    for (const wrong of [token.slice(1), `${token} `, `${token}\u00e9`]) {
      expect(sentences({ ...complete, SALLYPORT_ADMIN_TOKEN: wrong })).toEqual([
        expect.stringContaining("SALLYPORT_ADMIN_TOKEN is shorter"),
      ]);
    }
  });

  test("tells a command where the service is without the keys of the App", () => {
    const SALLYPORT_ADMIN_TOKEN = "0123456789abcdef0123456789abcdef";
    const url = (given: Environment) => {
      const read = readOperator({ SALLYPORT_ADMIN_TOKEN, ...given });
      return read.ok ? read.url : read.sentences;
    };
    expect(url({})).toBe("http://127.0.0.1:3000");
    expect(url({ HOST: "::", PORT: "80" })).toBe("http://127.0.0.1:80");
    expect(url({ PUBLIC_URL: "https://gate.example.com/" })).toBe("https://gate.example.com");
    // The token does not travel in the clear.
    expect(url({ HOST: "10.0.0.1" })).toEqual([expect.stringContaining("HOST is no address of this machine")]);
    expect(url({ PUBLIC_URL: "http://gate.example.com" })).toEqual([expect.stringContaining("PUBLIC_URL")]);
    expect(url({ SALLYPORT_ADMIN_TOKEN: "" })).toEqual([expect.stringContaining("SALLYPORT_ADMIN_TOKEN is missing")]);
  });

  test("may squeeze the key onto one line", () => {
    const squeezed = privateKey.replaceAll("\n", "\\n");
    expect(config({ ...complete, PRIVATE_KEY: squeezed }).privateKey).toBe(privateKey.trim());
  });

  test("may name the key's file", () => {
    const { PRIVATE_KEY: _, ...rest } = complete;
    const path = file("key.pem", privateKey);
    expect(config({ ...rest, PRIVATE_KEY_PATH: path }).privateKey).toBe(privateKey.trim());
  });

  test("chooses PostgreSQL by naming a database", () => {
    const url = "postgres://sallyport@db.example/sallyport";
    expect(config({ ...complete, DATABASE_URL: url, SQLITE_PATH: "x.db" }).store).toEqual({ kind: "postgres", url });
  });

  test("keeps addresses without a slash at the end", () => {
    const urls = { GITHUB_API_URL: "https://ghe.example/api/v3/", PUBLIC_URL: "https://sallyport.example//" };
    expect(config({ ...complete, ...urls })).toMatchObject({
      githubApiUrl: "https://ghe.example/api/v3",
      publicUrl: "https://sallyport.example",
    });
  });
});

describe("what stops the start", () => {
  test("is told at once, in one sentence for each missing variable that says what to do", () => {
    const told = sentences({});
    expect(told.map((sentence) => sentence.split(" is missing: ")[0])).toEqual([
      "APP_ID",
      "WEBHOOK_SECRET",
      "PRIVATE_KEY",
    ]);
    for (const sentence of told) expect(sentence).toMatch(/ set .+\.$/);
  });

  test("an empty variable is a missing one", () => {
    expect(sentences({ ...complete, WEBHOOK_SECRET: "" })).toEqual([
      expect.stringContaining("WEBHOOK_SECRET is missing"),
    ]);
  });

  test("includes Probot's default secret, and every other short one", () => {
    expect(sentences({ ...complete, WEBHOOK_SECRET: "development" })).toEqual([
      expect.stringContaining("WEBHOOK_SECRET is shorter than 16 characters"),
    ]);
  });

  test("includes a key without its middle and a file that is not there", () => {
    const { PRIVATE_KEY: _, ...rest } = complete;
    const header = "-----BEGIN RSA PRIVATE KEY-----";
    expect(sentences({ ...rest, PRIVATE_KEY: header })).toEqual([
      expect.stringContaining("PRIVATE_KEY is no private key"),
    ]);
    expect(sentences({ ...rest, PRIVATE_KEY_PATH: join(home, "absent.pem") })).toEqual([
      expect.stringContaining("PRIVATE_KEY_PATH names a file that cannot be read"),
    ]);
  });

  test("includes an address that would send tokens in the clear", () => {
    for (const GITHUB_API_URL of [
      "http://ghe.example/api/v3",
      "ftp://ghe.example",
      "ghe.example",
      "https://a:b@ghe.example",
    ]) {
      expect(sentences({ ...complete, GITHUB_API_URL })).toEqual([
        expect.stringContaining("GITHUB_API_URL is no address"),
      ]);
    }
    expect(sentences({ ...complete, GITHUB_API_URL: "http://127.0.0.1:9/" })).toEqual([]);
  });

  test.each([
    ["APP_ID", "twelve"],
    ["APP_ID", "0"],
    ["PORT", "65536"],
    ["PORT", "3000x"],
    ["DATABASE_URL", "mysql://db.example/x"],
    ["PUBLIC_URL", "http://sallyport.example"],
    ["LOG_LEVEL", "loud"],
  ])("includes %s=%s", (name, value) => {
    expect(sentences({ ...complete, [name]: value })).toEqual([expect.stringContaining(`${name} is `)]);
  });

  test("never quotes a value", () => {
    const marker = "hunter2";
    const wrong = Object.fromEntries(
      [
        "APP_ID",
        "PRIVATE_KEY",
        "WEBHOOK_SECRET",
        "DATABASE_URL",
        "PORT",
        "GITHUB_API_URL",
        "PUBLIC_URL",
        "LOG_LEVEL",
      ].map((name) => [name, marker]),
    );
    const told = sentences(wrong);
    expect(told).toHaveLength(8);
    expect(told.join("\n")).not.toContain(marker);
  });
});

describe("a .env file", () => {
  test("never overrides the real environment, not even where that is empty", () => {
    vi.stubEnv("SALLYPORT_TEST_REAL", "real");
    vi.stubEnv("SALLYPORT_TEST_EMPTY", "");
    try {
      const path = file(".env", "SALLYPORT_TEST_REAL=file\nSALLYPORT_TEST_EMPTY=file\nSALLYPORT_TEST_ELSE=file\n");
      expect(readEnvironment(path)).toMatchObject({
        SALLYPORT_TEST_REAL: "real",
        SALLYPORT_TEST_EMPTY: "",
        SALLYPORT_TEST_ELSE: "file",
      });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test("may be absent", () => {
    expect(readEnvironment(join(home, "absent.env"))).toEqual(process.env);
  });

  test("that is there and cannot be read is an error", () => {
    expect(() => readEnvironment(home)).toThrow(`Cannot read ${home}: make it a file`);
  });
});
