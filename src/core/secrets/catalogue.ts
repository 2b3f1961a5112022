import { ai } from "./providers/ai.ts";
import { clouds } from "./providers/clouds.ts";
import { collaboration } from "./providers/collaboration.ts";
import { databases } from "./providers/databases.ts";
import { delivery } from "./providers/delivery.ts";
import { hosting } from "./providers/hosting.ts";
import { identity } from "./providers/identity.ts";
import { messaging } from "./providers/messaging.ts";
import { microsoft } from "./providers/microsoft.ts";
import { observability } from "./providers/observability.ts";
import { payments } from "./providers/payments.ts";
import { registries } from "./providers/registries.ts";
import type { NamedRule, ProviderRule, TokenRule } from "./rule.ts";

/** Every rule that knows a provider. */
export const providerRules: readonly ProviderRule[] = [
  ...clouds,
  ...microsoft,
  ...hosting,
  ...delivery,
  ...payments,
  ...messaging,
  ...ai,
  ...observability,
  ...databases,
  ...registries,
  ...identity,
  ...collaboration,
];

export const tokenRules: readonly TokenRule[] = providerRules.filter((rule) => rule.kind === "token");
export const namedRules: readonly NamedRule[] = providerRules.filter((rule) => rule.kind === "named");
