import { describe, expect, it } from "vitest";
import { base62, crc32 } from "../../../src/core/secrets/checksums.ts";
import { scan, scanName } from "../../../src/core/secrets/scan.ts";
import { filled } from "./samples.ts";

const seen = (text: string, path = "deploy/app.conf"): readonly string[] =>
  scan(text, { path }).finds.map(({ rule, level, line, column }) => `${rule} ${level} ${line}:${column}`);
const rules = (text: string, path = "deploy/app.conf"): readonly string[] =>
  scan(text, { path }).finds.map(({ rule }) => rule);
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const github = filled("ghp_{crc}", 3);
const password = filled("{w6}7!{w9}4k", 11);
const pem = (label: string, body = filled("{B64}\n{B64}\n{B64}", 5)): string =>
  `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----`;

describe("A find", () => {
  it("says where the value stands, and how long it is", () => {
    const [find] = scan(`a\nb = 1\n  token: ${github}\n`, { path: "app.yaml" }).finds;
    expect(find).toMatchObject({
      rule: "github-personal-token",
      level: "block",
      line: 3,
      column: 10,
      length: 40,
      hint: "gh",
    });
  });

  it("never holds the value, nor more than two characters of it", () => {
    const text = JSON.stringify(scan(`token: ${github} ${password}`, { path: "app.yaml" }));
    for (let at = 0; at + 5 <= github.length; at++) expect(text).not.toContain(github.slice(at, at + 5));
  });

  it("has a fingerprint that depends on rule and value alone", () => {
    const print = (text: string, path: string) => scan(text, { path }).finds.map(({ fingerprint }) => fingerprint);
    expect(print(`a = ${github}`, "a.ini")).toEqual(print(`\n\n"${github}"`, "b/c.json"));
    expect(print(`a = ${github}`, "a.ini")).not.toEqual(print(`a = ${filled("ghp_{crc}", 4)}`, "a.ini"));
  });

  it("stands whatever a comment asks for", () => {
    for (const comment of [
      "gitleaks:allow",
      "secretlint-disable-line",
      "pragma: allowlist secret",
      "nosec",
      "trufflehog:ignore",
    ]) {
      expect(rules(`# ${comment}\ntoken = ${github} # ${comment}`)).toEqual(["github-personal-token"]);
    }
  });

  it("is one where several rules see the same characters", () => {
    expect(rules(`DB_PASSWORD_TOKEN: ${github}`, "a.yaml")).toEqual(["github-personal-token"]);
    expect(rules(`url = https://bot:${github}@git.acme.io/a.git`)).toEqual(["github-personal-token"]);
  });
});

describe("A token", () => {
  it("with a wrong checksum is none", () => {
    const random = filled("{w30}", 9);
    expect(rules(`ghp_${random}${base62(crc32(random), 6)}`)).toEqual(["github-personal-token"]);
    expect(rules(`ghp_${random}${base62(crc32(random) ^ 1, 6)}`)).toEqual([]);
  });

  it("inside a longer word is none, where no checksum proves it", () => {
    expect(rules(`x${filled("dop_v1_{h64}", 2)}`)).toEqual([]);
    expect(rules(`${github}x`)).toEqual([]);
    expect(rules(`${filled("dop_v1_{h64}", 2)}z`)).toEqual([]);
    expect(rules(`${filled("{h36}NRAL", 2)}x`)).toEqual([]);
  });

  it("whose short prefix ends a longer name is none", () => {
    const digest = filled("{h32}", 6);
    expect(rules(`use key-${digest}`)).toEqual(["mailgun-key"]);
    expect(rules(`use cache-key-${digest}`)).toEqual([]);
    expect(rules("const fw_someLongerIdentifier = 1;", "a.ts")).toEqual([]);
  });

  it("is one behind a name that a dash, an underscore or nothing divides from it, where a checksum proves it", () => {
    const npm = filled("npm_{crc}", 4);
    for (const before of ["use-", "use_", "my-key-", "use", "TOKEN", "0"]) {
      expect(rules(`${before}${github}`)).toEqual(["github-personal-token"]);
      expect(rules(`${before}${npm}`)).toEqual(["npm-token"]);
      expect(rules(`${before}${github.slice(0, -1)}${github.endsWith("a") ? "b" : "a"}`)).toEqual([]);
    }
  });

  it("behind an escaped line break or a character in percent is one", () => {
    expect(rules(`"a\\n${github}"`)).toEqual(["github-personal-token"]);
    expect(rules(`token%3D${github}`)).toEqual(["github-personal-token"]);
  });

  it("in base 64 is found, at the whole of it", () => {
    const encoded = base64(`TOKEN=${github}\n`);
    expect(seen(`x: ${encoded}`, "a.yaml")).toEqual(["github-personal-token block 1:4"]);
  });

  it("that is made up is none", () => {
    for (const value of [
      `ghp_${"x".repeat(36)}`,
      `sk_live_${"1234567890".repeat(3)}`,
      "AKIAIOSFODNN7EXAMPLE",
      `glpat-your-token-goes-here`,
    ]) {
      expect(rules(`token = ${value}`)).toEqual([]);
    }
  });

  it("of a test mode asks for a person and does not block", () => {
    expect(seen(filled("sk_test_{w24}", 3))).toEqual(["stripe-test-key review 1:1"]);
    expect(seen(filled("sk_live_{w24}", 3))).toEqual(["stripe-live-key block 1:1"]);
  });
});

describe("A private key", () => {
  it.each(["RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "DSA PRIVATE KEY"])(
    "of %s blocks",
    (label) => {
      expect(seen(pem(label), "deploy/tls.key")).toEqual(["private-key block 1:1"]);
      expect(seen(`key: "${pem(label).replaceAll("\n", "\\n")}"`, "a.yaml")).toEqual(["private-key block 1:7"]);
    },
  );

  it("of OpenPGP, PuTTY and age blocks", () => {
    expect(rules(pem("PGP PRIVATE KEY BLOCK", `Version: 1\n\n${filled("{B64}\n{B64}", 4)}`))).toEqual([
      "pgp-private-key",
    ]);
    const putty = `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: a\nPrivate-Lines: 1\n${filled("{B48}", 2)}\n`;
    expect(seen(putty, "key.txt.conf")).toEqual(["putty-private-key block 1:1"]);
  });

  it("that is encrypted, or stands among tests, asks for a person", () => {
    const encrypted = `Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n${filled("{B64}\n{B64}", 4)}`;
    expect(seen(pem("RSA PRIVATE KEY", encrypted))).toEqual(["private-key review 1:1"]);
    expect(seen(pem("ENCRYPTED PRIVATE KEY"))).toEqual(["private-key review 1:1"]);
    expect(seen(pem("PRIVATE KEY"), "test/fixtures/tls.key")).toEqual(["private-key review 1:1"]);
  });

  it("of a Google service account is named so", () => {
    const json = JSON.stringify({ type: "service_account", private_key: pem("PRIVATE KEY") }, null, 2);
    expect(rules(json, "account.json")).toEqual(["google-service-account-key"]);
  });

  it("is not what a first line alone, a public key or a certificate is", () => {
    expect(rules('if (text.startsWith("-----BEGIN PRIVATE KEY-----")) return;', "a.ts")).toEqual([]);
    expect(rules("-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----")).toEqual([]);
    expect(rules(pem("PUBLIC KEY"))).toEqual([]);
    expect(rules(pem("CERTIFICATE"))).toEqual([]);
  });
});

describe("A connection", () => {
  it("with a password in its URL blocks", () => {
    expect(seen(`postgres://shop:${password}@db.shop-prod.net:5432/shop`)).toEqual(["url-password block 1:17"]);
    expect(seen(`amqps://u:${password}@mq.shop-prod.net`)).toEqual(["url-password block 1:11"]);
  });

  it("inside a network counts, on the own machine only a drawn password does", () => {
    expect(seen(`postgres://shop:${password}@db.prod.internal/shop`)).toEqual(["url-password block 1:17"]);
    expect(seen(`postgres://shop:${password}@localhost/shop`)).toEqual(["url-password review 1:17"]);
    expect(seen("postgres://shop:rosebud@10.0.0.7/shop")).toEqual(["url-password review 1:17"]);
    expect(seen("postgres://shop:rosebud@localhost/shop and redis://:rosebud@cache:6379")).toEqual([]);
  });

  it("in the form of JDBC and .NET blocks", () => {
    expect(rules(`Server=tcp:db.shop-prod.net;Database=a;User ID=u;Password=${password};`)).toEqual([
      "connection-string-password",
    ]);
    expect(rules(`jdbc:mysql://db.shop-prod.net/a?user=u&password=${password}`)).toEqual([
      "connection-string-password",
    ]);
  });

  it("in a header of basic authorization is found", () => {
    expect(rules(`Authorization: Basic ${base64(`shop:${password}`)}`)).toEqual(["basic-authorization"]);
  });

  it("on a command line asks for a person", () => {
    expect(rules(`curl -s -u shop:${password} https://shop-prod.net/a`, "run.sh")).toEqual(["command-login"]);
    expect(
      rules("curl -u user:password https://shop-prod.net/a; curl -u $USER:$PASSWORD https://a.io", "run.sh"),
    ).toEqual([]);
  });

  it("with a password of a guide, a reference or none is silent", () => {
    for (const login of [
      "postgres:postgres",
      "user:password",
      "root:${DB_PASSWORD}",
      "u:{{ .Values.password }}",
      "u:<password>",
      "u:$PASSWORD",
      "u:***",
    ]) {
      expect(rules(`url: postgres://${login}@db.acme.io/shop`, "a.yaml")).toEqual([]);
    }
    expect(rules("see https://acme.io/a:b@c and git@acme.io:a/b.git")).toEqual([]);
    expect(rules("postgres://dev:dev@localhost/dev")).toEqual([]);
  });
});

describe("An assignment", () => {
  it("of a value drawn by chance to a name that says secret asks for a person", () => {
    const value = filled("{w40}", 8);
    for (const [text, path] of [
      [`api_secret = "${value}"`, "main.tf"],
      [`SESSION_SECRET=${value}`, ".env"],
      [`  clientSecret: ${value}`, "values.yaml"],
      [`const authToken: string = "${value}";`, "src/a.ts"],
      [`<clientSecret>${value}</clientSecret>`, "a.xml"],
      [`run --api-token ${value}`, "run.sh"],
      [`ENV API_TOKEN ${value}`, "Dockerfile"],
      [`- name: API_TOKEN\n  value: "${value}"`, "k8s/app.yaml"],
      [`{ "name": "API_TOKEN", "value": "${value}" }`, "task.json"],
      [`<add key="ApiToken" value="${value}" />`, "Web.config"],
      [`variable "api_token" {\n  type = string\n  default = "${value}"\n}`, "variables.tf"],
      [`setenv("API_TOKEN", "${value}")`, "src/a.py"],
    ] as const) {
      expect(seen(text, path).map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
        "secret-assignment review",
      ]);
    }
  });

  it("in an environment that is called test is looked at, in a test it is not", () => {
    const line = `password: ${filled("{w10}7{w10}4k", 3)}`;
    expect(rules(line, "environments/test/values.yaml")).toEqual(["secret-assignment"]);
    expect(rules(line, "test/values.yaml")).toEqual([]);
    expect(rules(line, "charts/shop/templates/config.yaml")).toEqual(["secret-assignment"]);
  });

  it("of an expression, a reference or a name is silent", () => {
    for (const text of [
      "const token = getToken(request);",
      'const token = process.env.TOKEN ?? "";',
      "password: ${DB_PASSWORD}",
      "password: {{ .Values.password }}",
      "secretName: shop-credentials-v2",
      "tokenUrl: https://acme.io/oauth2/token",
      "password: ENC[AES256_GCM,data:Zm9v,iv:YmFy,tag:YmF6,type:str]",
      `token: ${filled("{uuid}", 2)}`,
      `secretHash: ${filled("{h40}", 2)}`,
      `image: acme/app@sha256:${filled("{h64}", 2)}`,
      "passwordResetTokenExpiryMinutes: 30",
      "- name: API_TOKEN\n  valueFrom:\n    secretKeyRef: {name: shop, key: token}",
      `api_secret: EJ[1:${filled("{B60}", 2)}]`,
      "access_key: MY_ACCESS_KEY",
    ]) {
      expect([text, rules(text, text.includes(";") ? "a.ts" : "a.yaml")]).toEqual([text, []]);
    }
  });

  it("in a lockfile, a map or minified code is silent", () => {
    const line = `"authToken": "${filled("{w40}", 8)}"`;
    const filler = "var a=1;".repeat(200);
    expect(rules(`${filler}${line}${filler}`, "dist/app.js")).toEqual([]);
    expect(rules(`\n${line}\n`, "dist/app.js")).toEqual(["secret-assignment"]);
    expect(rules(`${filler}const a="${github}";${filler}`, "dist/app.js")).toEqual(["github-personal-token"]);
    for (const path of ["package-lock.json", "yarn.lock", "go.sum", "app.min.js", "app.js.map"])
      expect(rules(line, path)).toEqual([]);
  });
});

describe("A Kubernetes Secret", () => {
  const secret = (entries: string, kind = "Secret"): string =>
    `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: shop\n${entries}\n---\nkind: ConfigMap\ndata:\n  password: aaaaaaaaaaaa\n`;

  it("with values blocks, plain and encoded", () => {
    expect(seen(secret(`stringData:\n  password: ${password}`), "k8s/a.yaml")).toEqual([
      "kubernetes-secret-value block 6:13",
    ]);
    expect(seen(secret(`data:\n  password: ${base64(password)}`), "k8s/a.yaml")).toEqual([
      "kubernetes-secret-value block 6:13",
    ]);
  });

  it("encrypted, templated, empty or with what is public is silent", () => {
    for (const entries of [
      "data: {}",
      `data:\n  password: ${base64("changeme")}`,
      "stringData:\n  password: {{ .Values.password }}",
      "stringData:\n  password: ${PASSWORD}",
      `stringData:\n  username: ${filled("{w20}", 2)}`,
      `data:\n  tls.crt: ${base64(pem("CERTIFICATE"))}`,
    ]) {
      expect([entries, rules(secret(entries), "k8s/a.yaml")]).toEqual([entries, []]);
    }
    expect(
      rules(secret(`encryptedData:\n  password: AgA${filled("{B300}", 2)}`, "SealedSecret"), "k8s/a.yaml"),
    ).toEqual([]);
  });
});

describe("Files that hold credentials", () => {
  it.each([
    [".netrc", `machine a.io login b password ${password}`, "netrc-password"],
    [".npmrc", `//npm.acme.io/:_authToken=${filled("{w40}", 2)}`, "npmrc-credential"],
    [".pypirc", `[pypi]\nusername = a\npassword = ${password}`, "pypirc-password"],
    [".docker/config.json", `{"auths":{"a.io":{"auth": "${base64(`a:${password}`)}"}}}`, "docker-login"],
    [
      "kubeconfig",
      `apiVersion: v1\nkind: Config\nusers:\n- user:\n    token: ${filled("{w40}", 2)}`,
      "kubeconfig-credential",
    ],
    ["nginx/htpasswd", `a:${"$apr1$"}${filled("{w8}$${w22}", 2)}`, "htpasswd-digest"],
    [".git-credentials", `https://a:${password}@git.acme.io`, "git-credentials-login"],
    [".pgpass", `db.acme.io:5432:shop:shop:${password}`, "pgpass-password"],
  ])("%s is read by its form", (path, text, rule) => {
    expect(rules(text, path)).toContain(rule);
  });

  it("with references in place of values are silent", () => {
    expect(rules("//npm.acme.io/:_authToken=${NPM_TOKEN}", ".npmrc")).toEqual([]);
    expect(rules("[pypi]\npassword = <token>", ".pypirc")).toEqual([]);
  });

  it("are found by name where the text cannot be read", () => {
    for (const path of ["a/b.p12", "x.pfx", "x.jks", "ssh/id_rsa", "prod.tfstate", ".aws/credentials", "v.kdbx"]) {
      expect(scanName(path).map(({ rule, level }) => `${rule} ${level}`)).toEqual(["credentials-file review"]);
    }
    for (const path of ["truststore.jks", "id_rsa.pub", "src/keystore.ts", "tfstate.md", ".env.example"])
      expect(scanName(path)).toEqual([]);
  });
});
