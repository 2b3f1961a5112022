import { named, token, type ProviderRule } from "../rule.ts";
import * as form from "../shape.ts";
import { run } from "../shape.ts";

const cask = "https://devblogs.microsoft.com/engineering-at-microsoft/common-annotated-security-keys/";

/** Azure, Entra and Azure DevOps. Many of its keys carry a signature at a fixed place. */
export const microsoft: readonly ProviderRule[] = [
  token({
    id: "azure-storage-key",
    provider: "Azure",
    what: "Azure storage account key",
    literals: "AccountKey=",
    rest: [run(form.base64, 86), "=="],
  }),
  named({
    id: "azure-storage-key-named",
    provider: "Azure",
    what: "Azure storage account key",
    names: ["storagekey", "accountkey", "storageaccountkey", "azurestorage"],
    value: [run(form.base64, 86), "=="],
  }),
  token({
    id: "azure-shared-access-key",
    provider: "Azure",
    what: "Azure shared access key",
    literals: "SharedAccessKey=",
    rest: [run(form.base64, 43), "="],
  }),
  token({
    id: "azure-sas-signature",
    provider: "Azure",
    what: "signature of a shared access URL",
    // It ends at a time that the URL gives.
    level: "review",
    literals: "sig=",
    rest: [run(form.base64Percent, 43, 70)],
    passes: (value) => value.endsWith("%3D"),
  }),
  token({
    id: "azure-client-secret",
    provider: "Azure",
    what: "Microsoft Entra client secret",
    lead: run(form.wordDotted, 4),
    literals: "Q~",
    rest: [run(form.wordDotted, 31, 34)],
    passes: (value) => /^[A-Za-z0-9_.~-]{3}[0-9]Q~/.test(value),
  }),
  token({
    id: "azure-devops-token",
    provider: "Azure DevOps",
    what: "Azure DevOps personal access token",
    lead: run(form.word, 76),
    literals: "AZDO",
    rest: [run(form.word, 4)],
  }),
  token({
    id: "azure-annotated-key",
    provider: "Azure",
    what: "Azure service key",
    lead: run(form.word, 52),
    literals: ["JQQJ99", "JQQJ9D"],
    rest: [run(form.word, 26, 30)],
    source: cask,
  }),
  token({
    id: "azure-function-key",
    provider: "Azure",
    what: "Azure Functions key",
    lead: run(form.base64url, 44),
    literals: "AzFu",
    rest: [run(form.base64url, 6), "=="],
  }),
  token({
    id: "azure-search-key",
    provider: "Azure",
    what: "Azure AI Search key",
    lead: run(form.word, 42),
    literals: "AzSe",
    rest: [run(form.word, 6)],
  }),
  token({
    id: "azure-cosmos-key",
    provider: "Azure",
    what: "Azure Cosmos DB key",
    lead: run(form.base64, 76),
    literals: "ACDb",
    rest: [run(form.base64, 6), "=="],
  }),
  token({
    id: "azure-container-registry-key",
    provider: "Azure",
    what: "Azure Container Registry key",
    lead: run(form.base64, 42),
    literals: "+ACR",
    rest: [run(form.word, 6)],
  }),
];
