import { providerRules } from "../../../src/core/secrets/catalogue.ts";
import { scan } from "../../../src/core/secrets/scan.ts";
import { base64urlOf, bech32Of } from "./encodings.ts";
import { filled, type Sample, samples } from "./samples.ts";

/** A way in which a value comes to stand in a repository: the file, and what is written around it. */
export interface Setting {
  readonly path: string;
  readonly text: (name: string, value: string) => string;
}

/** Names as each format writes them: `API_KEY`, `api_key`, `api.key`, `apiKey`. */
const lower = (name: string): string => name.toLowerCase();
const camel = (name: string): string => lower(name).replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const dotted = (name: string): string => lower(name).replaceAll("_", ".");

export const settings: Readonly<Record<string, Setting>> = {
  ini: { path: "conf/app.ini", text: (name, value) => `[client]\n${lower(name)} = ${value}\nretries = 3\n` },
  properties: { path: "conf/app.properties", text: (name, value) => `a=1\n${dotted(name)}=${value}\n` },
  toml: { path: "conf/app.toml", text: (name, value) => `[client]\n${lower(name)} = "${value}"\n` },
  env: { path: "deploy/app.env", text: (name, value) => `PORT=80\n${name}=${value}\n` },
  "env, in quotes": { path: "deploy/app.env", text: (name, value) => `export ${name}='${value}'\n` },
  json: {
    path: "conf/app.json",
    text: (name, value) => `{\n  "client": {\n    "${camel(name)}": "${value}"\n  }\n}\n`,
  },
  "json on one line": { path: "conf/app.json", text: (name, value) => `{"a":1,"${name}":"${value}","b":2}` },
  "json in a text": { path: "conf/app.json", text: (name, value) => `{"text": "{\\"${name}\\": \\"${value}\\"}"}` },
  "xml element": {
    path: "conf/app.xml",
    text: (name, value) => `<client>\n  <${camel(name)}>${value}</${camel(name)}>\n</client>\n`,
  },
  "xml setting": { path: "conf/web.config", text: (name, value) => `<add key="${name}" value="${value}" />\n` },
  yaml: { path: "deploy/values.yaml", text: (name, value) => `client:\n  ${camel(name)}: ${value}\n` },
  "yaml, in quotes": { path: "deploy/values.yaml", text: (name, value) => `client:\n  ${lower(name)}: "${value}"\n` },
  "environment of a container": {
    path: "k8s/api.yaml",
    text: (name, value) => `env:\n  - name: ${name}\n    value: "${value}"\n`,
  },
  "environment of compose": { path: "compose.yaml", text: (name, value) => `environment:\n  - ${name}=${value}\n` },
  terraform: { path: "main.tf", text: (name, value) => `resource "a" "b" {\n  ${lower(name)} = "${value}"\n}\n` },
  "default of a variable": {
    path: "variables.tf",
    text: (name, value) => `variable "${lower(name)}" {\n  type    = string\n  default = "${value}"\n}\n`,
  },
  tfvars: { path: "prod.tfvars", text: (name, value) => `${lower(name)} = "${value}"\n` },
  dockerfile: { path: "Dockerfile", text: (name, value) => `FROM scratch\nENV ${name}=${value}\n` },
  shell: { path: "bin/run.sh", text: (name, value) => `#!/bin/sh\nexport ${name}="${value}"\nrun\n` },
  typescript: { path: "src/client.ts", text: (name, value) => `const ${camel(name)}: string = "${value}";\n` },
  javascript: {
    path: "src/client.js",
    text: (name, value) => `module.exports = {\n  ${camel(name)}: '${value}',\n};\n`,
  },
  python: { path: "app/settings.py", text: (name, value) => `${name} = '${value}'\n` },
  go: { path: "client.go", text: (name, value) => `package main\n\nconst ${camel(name)} = "${value}"\n` },
  "go, assigned": { path: "client.go", text: (name, value) => `\t${camel(name)} := "${value}"\n` },
  java: { path: "Client.java", text: (name, value) => `  private static final String ${name} = "${value}";\n` },
  kotlin: { path: "Client.kt", text: (name, value) => `  private const val ${name} = "${value}"\n` },
  csharp: { path: "Client.cs", text: (name, value) => `    private const string ${camel(name)} = "${value}";\n` },
  ruby: { path: "client.rb", text: (name, value) => `  ${lower(name)} = "${value}"\n` },
  php: {
    path: "client.php",
    text: (name, value) => `<?php\n$${lower(name)} = '${value}';\n'${name}' => '${value.slice(0, 0)}'\n`,
  },
  rust: { path: "client.rs", text: (name, value) => `const ${name}: &str = "${value}";\n` },
  "windows line ends": { path: "deploy/app.env", text: (name, value) => `PORT=80\r\n${name}=${value}\r\n` },
  "text with escapes": {
    path: "src/fixture.ts",
    text: (name, value) => `const text = "a\\n${name}='${value}'\\nb";\n`,
  },
};

/** What is made with a checksum or of parts, in place of a template. */
const made: Readonly<Record<string, (seed: number) => string>> = {
  "age-secret-key": (seed) => bech32Of("age-secret-key-", seed).toUpperCase(),
  "json-web-token": (seed) =>
    [`{"alg":"HS256","typ":"JWT"}`, `{"sub":"${filled("{d12}", seed)}","iat":17${filled("{d8}", seed)}}`]
      .map(base64urlOf)
      .concat(filled("{b43}", seed))
      .join("."),
};

const all: readonly (Sample & { readonly value: (seed: number) => string })[] = [
  ...samples.map((sample) => ({ ...sample, value: (seed: number) => filled(sample.template, seed) })),
  ...Object.entries(made).map(([rule, value]) => ({ rule, template: rule, value })),
];

export const seeds: readonly number[] = [1, 2, 3, 4, 5];

/** Of one rule in one setting: how many values were looked for, and which were not told once and under its id. */
export interface Recall {
  readonly rule: string;
  readonly setting: string;
  readonly tried: number;
  readonly missed: readonly string[];
}

export function recall(): readonly Recall[] {
  return providerRules.flatMap(({ id }) => {
    const own = all.filter(({ rule }) => rule === id);
    return Object.entries(settings).map(([setting, { path, text }]) => {
      const tries = own.flatMap((sample) => seeds.map((seed) => ({ sample, value: sample.value(seed) })));
      const missed = tries.flatMap(({ sample, value }) => {
        const found = scan(text(sample.name ?? "SOME_VALUE", value), { path }).finds.map(({ rule }) => rule);
        return found.length === 1 && found[0] === id ? [] : [`${sample.template}: ${found.join(" ") || "nothing"}`];
      });
      return { rule: id, setting, tried: tries.length, missed };
    });
  });
}
