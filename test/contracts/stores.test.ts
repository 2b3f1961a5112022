import { describe } from "vitest";
import { blobCacheContract } from "./blob-cache.contract.ts";
import { booksContract } from "./books.contract.ts";
import { deploymentGateContract } from "./deployment-gate.contract.ts";
import { decisionsContract } from "./decisions.contract.ts";
import { evidenceContract } from "./evidence.contract.ts";
import { judgementsContract } from "./judgements.contract.ts";
import { ledgerContract } from "./ledger.contract.ts";
import { locksContract } from "./locks.contract.ts";
import { signalsContract } from "./signals.contract.ts";
import { strikesContract } from "./strikes.contract.ts";
import { engines } from "./stores.ts";
import { workQueueContract } from "./work-queue.contract.ts";

describe.each(engines)("%s", (engine) => {
  workQueueContract(engine);
  judgementsContract(engine);
  decisionsContract(engine);
  booksContract(engine);
  strikesContract(engine);
  deploymentGateContract(engine);
  signalsContract(engine);
  evidenceContract(engine);
  locksContract(engine);
  ledgerContract(engine);
  blobCacheContract(engine);
});
