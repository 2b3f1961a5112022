// A program that takes in deliveries as fast as it can and writes the id of each that was acknowledged. Started, and killed, by
// killed-process.test.ts.
import { type StoreLocation, openStore } from "../../../src/adapters/store/open.ts";
import { receiver } from "../../../src/app/receive.ts";
import { delivery } from "../../contracts/subjects.ts";

const given = JSON.parse(process.argv[2] ?? "") as {
  readonly kind: "sqlite" | "postgres";
  readonly path: string;
  readonly url: string;
};
const location: StoreLocation =
  given.kind === "sqlite"
    ? { kind: "sqlite", path: given.path }
    : { kind: "postgres", url: given.url, connections: 4, onConnectionLost: () => process.exit(1) };
const { queue } = await openStore(location, { blobCacheBytes: 0 });
const quiet = (): void => undefined;
const clock = { now: () => 0, monotonicMs: () => 0 };
const receive = receiver(
  { queue, clock, log: { info: quiet, warn: quiet, error: quiet } },
  { deliveriesPerTransaction: 50 },
);

async function sender(name: number): Promise<void> {
  for (let count = 0; ; count++) {
    const id = `${name}-${count}`;
    await receive(delivery(id, name));
    process.stdout.write(`${id}\n`);
  }
}
await Promise.all(Array.from({ length: 20 }, (_, name) => sender(name + 1)));
