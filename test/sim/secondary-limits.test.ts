import { expect, onTestFinished, test } from "vitest";
import { startGitHub } from "../../src/sim/github.ts";

/** A GitHub with its limits, an installation on acme/shop, and a clock that is moved by hand. */
async function limited() {
  const clock = { nowMs: Date.UTC(2026, 2, 2) };
  const github = await startGitHub({ clock: { now: () => clock.nowMs } });
  onTestFinished(() => github.stop());
  const person = github.user("person-a");
  const acme = github.organization("acme");
  const shop = acme.repository("shop", { files: { "README.md": "# Shop\n" }, people: [[person, "write"]] });
  github.limitSecondary();
  const token = github.userToken(person);
  const ask = async (path: string, body: object | null = null): Promise<Response> =>
    fetch(github.url + path, {
      headers: { authorization: `Bearer ${token}` },
      ...(body === null ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
  const status = (): Promise<Response> =>
    ask(`/repos/acme/shop/statuses/${shop.tip()}`, { state: "success", context: "x" });
  const times = async (count: number, work: () => Promise<Response>): Promise<readonly number[]> => {
    const seen: number[] = [];
    for (let done = 0; done < count; done += 1) seen.push((await work()).status);
    return [...new Set(seen)];
  };
  return { clock, ask, status, times };
}

test("900 reads a minute are answered, and one more is told when to come back", async () => {
  const { clock, ask, times } = await limited();
  const read = (): Promise<Response> => ask("/repos/acme/shop");
  expect(await times(900, read)).toEqual([200]);
  clock.nowMs += 20_000;
  const refused = await read();
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([403, "40"]);
  expect(await refused.text()).toContain("secondary rate limit");
  clock.nowMs += 40_000;
  expect((await read()).status).toBe(200);
});

test("80 things a minute can be created, and 500 an hour", async () => {
  const { clock, status, times } = await limited();
  expect(await times(80, status)).toEqual([201]);
  expect((await status()).status).toBe(403);
  for (let minute = 1; minute <= 5; minute += 1) {
    clock.nowMs += 60_000;
    expect(await times(80, status)).toEqual([201]);
  }
  clock.nowMs += 60_000;
  expect(await times(20, status)).toEqual([201]);
  const refused = await status();
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([403, String(54 * 60)]);
});
