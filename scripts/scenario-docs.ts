import { z } from "zod";
import { acts } from "../src/sim/scenario/acts.ts";
import { expectationDetails } from "../src/sim/scenario/expectation.ts";
import { scenarioHead } from "../src/sim/scenario/setting.ts";

/** One scenario that says what scenarios are; a test plays it. */
export const example = `name: An approval of one commit does not count on the next
shows: [B3]
accounts:
  person-a: write
  person-b: write
  person-c: write
  Copilot: write
files:
  k8s/production/api/deployment.yaml: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: api }
    spec: { replicas: 3, template: { spec: { containers: [{ name: api, image: registry.example/api:1 }] } } }
policy:
  version: 1
  layout: ["k8s/{environment}/{service}/**"]
steps:
  - open: copilot/scale
    by: Copilot
    commit: v1
    edit: { k8s/production/api/deployment.yaml: { "replicas: 3": "replicas: 4" } }
  - start_agent: person-a
  - expect: { verdict: hold, reaches: [production], missing: [0 of 2] }
  - approve: person-b
  - approve: person-c
  - expect: allow
  - hold: webhooks
  - push: copilot/scale
    by: Copilot
    edit: { k8s/production/api/deployment.yaml: { "replicas: 4": "replicas: 9" } }
  - merge: person-b
    refused: is expected
  - release: webhooks
  - expect: { verdict: hold, excluded: { person-b: another change, person-c: another change } }
  - expect: { at: v1, verdict: superseded }
`;

const introduction = `<!-- Generated from src/sim/scenario; \`npm run gen\` writes it. -->

# Scenarios

A scenario is a screenplay: what there is, what happens step by step, and what must be true in between. It is played by the real
service (webhooks, store, loop, evaluator, check runs) against a fake GitHub on this machine, over HTTP both ways. Nothing sleeps:
after each step the webhooks are delivered and what is due is looked at, until neither is left, and the clock moves only as the
scenario says.

\`\`\`
sallyport scenario FILE...
\`\`\`

plays files from anywhere. It ends with 0 where all scenarios hold, with 1 where one fails or a file has a mistake, with 64 where a
file is not there, and with 70 where Sallyport itself fails. A failure tells the step, what was expected and what there is, the
title and the JSON of the check run, the ledger's entries about the pull request, and what the server logged. Those of this
repository are in \`test/scenarios\`; \`npm test\` plays them.

\`\`\`
sallyport policy test FILE... [--policy FILE] [--organisation FILE]
\`\`\`

plays the same files on your own policy (\`.github/sallyport.yml\` where none is named), with the evaluator alone. The policies of the
scenario are left aside, the organisation's too. What only a server does (webhooks, check runs that stand,
merges and their queues, the ledger, failures, deaths and a store that is away) is refused before anything is played.

A file is one mapping, or a list of them; anchors save repetition. Unknown keys are mistakes, told with file, line and column.
Editors take [the JSON Schema](schema/sallyport.scenario-1.json).

\`\`\`yaml
${example}\`\`\`

The organisation is \`acme\`, its repository \`acme/shop\`, the default branch \`main\`. The App is \`sallyport\`, with the permissions
of \`app.yml\`. Accounts that are known as agents or other programs (\`Copilot\`, \`renovate[bot]\`) have the numeric ids that they have
on GitHub. \`acme\` itself may push past every gate, for what happens elsewhere. Every step takes one second; who
approves reads for three minutes.
`;

type Choice = string | number | boolean | null;

interface Shown {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly Choice[];
  readonly const?: Choice;
  readonly default?: Choice | object;
  readonly anyOf?: readonly Shown[];
  readonly items?: Shown;
  readonly properties?: Readonly<Record<string, Shown>>;
  readonly required?: readonly string[];
}

/** What scenarios may say, from the schemas that read them. */
export function scenarioDocs(): string {
  const { steps: _, ...head } = shown(scenarioHead).properties ?? {};
  return [
    introduction,
    "## What there is\n",
    tableOf(head),
    "## What happens\n\nThe first key of a step names what happens; the others are its particulars.\n",
    Object.entries(acts)
      .map(([name, schema]) => actSection(name, shown(schema)))
      .join("\n"),
    "## What must be true\n\n`expect` takes a verdict, or a mapping. What it leaves out is not looked at. Lists are whole: `gaps: []` says that there is none.\n",
    tableOf(shown(expectationDetails).properties ?? {}),
  ].join("\n");
}

function shown(schema: z.ZodType): Shown {
  return z.toJSONSchema(schema, { io: "input" }) as Shown;
}

function actSection(name: string, { description, properties = {}, required = [] }: Shown): string {
  const rows = Object.entries(properties).filter(([key]) => key !== "expect");
  const says = description === undefined ? "" : `${capital(description)}.\n\n`;
  if (name === "expect") return `### expect\n\nSee below.\n`;
  return `### ${name}\n\n${says}${tableOf(Object.fromEntries(rows), required)}`;
}

function tableOf(properties: Readonly<Record<string, Shown>>, required: readonly string[] = []): string {
  const rows = Object.entries(properties).map(([key, property]) => {
    const says = [
      property.description ?? "",
      property.default === undefined || property.default === null || typeof property.default === "object"
        ? ""
        : `(without it: \`${String(property.default)}\`)`,
    ].filter((part) => part !== "");
    return `| \`${key}\`${required.includes(key) ? "" : " (optional)"} | ${formOf(property)} | ${cell(says.join(" "))} |`;
  });
  const optional = required.length === 0 ? rows.map((row) => row.replace(" (optional)", "")) : rows;
  return `| Key | Form | |\n|---|---|---|\n${optional.join("\n")}\n`;
}

function formOf({ type, enum: words, const: only, anyOf, items }: Shown): string {
  const choices = only === undefined ? words : [only];
  if (choices !== undefined) return choices.map((choice) => `\`${String(choice)}\``).join(", ");
  if (anyOf !== undefined) return [...new Set(anyOf.map(formOf))].join(", or ");
  switch (type) {
    case "array":
      return items === undefined ? "list" : `list of ${formOf(items)}`;
    case "object":
      return "mapping";
    case "string":
      return "text";
    case "integer":
      return "number";
    case "null":
      return "`null`";
    case undefined:
      return "anything";
    default:
      return type;
  }
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
