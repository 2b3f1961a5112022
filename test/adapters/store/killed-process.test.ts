import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { engines, testDatabase } from "../../contracts/stores.ts";

const program = fileURLToPath(new URL("receiving-process.ts", import.meta.url));
const ENOUGH = 300;

describe.each(engines)("a process killed in the middle of its work on %s", (engine) => {
  test("loses no delivery that it acknowledged, and no mark", async () => {
    const database = await testDatabase(engine);
    await database.open();
    const child = spawn(process.execPath, [program, JSON.stringify(database.location)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const gone = once(child, "exit");
    const acknowledged: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(line);
      if (acknowledged.length === ENOUGH) child.kill("SIGKILL");
    }
    expect(await gone).toEqual([null, "SIGKILL"]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(ENOUGH);

    const { db } = database.connect();
    const kept = new Set((await db.selectFrom("deliveries").select("id").execute()).map(({ id }) => id));
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    const { marks } = await db
      .selectFrom("subjects")
      .select((eb) => eb.fn.sum<number>("wanted").as("marks"))
      .executeTakeFirstOrThrow();
    expect(Number(marks)).toBe(kept.size);
    await database.destroy();
  });
});
