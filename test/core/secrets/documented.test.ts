import { describe, expect, it } from "vitest";
import { scan } from "../../../src/core/secrets/scan.ts";

/** What providers print in their documentation, in two parts, so that no scanner of a host takes this file for a leak. */
const printed: readonly (readonly [provider: string, ...parts: readonly string[]])[] = [
  ["AWS", "AKIA", "IOSFODNN7EXAMPLE"],
  ["AWS", "AKIA", "I44QH8DHBEXAMPLE"],
  ["AWS", "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYEXAMPLEKEY"],
  ["Stripe", "sk_test_", "4eC39HqLyjWDarjtT1zdp7dc"],
  ["Stripe", "sk_test_", "BQokikJOvBiI2HlWgH4olfQ2"],
  ["Stripe", "sk_test_", "tR3PYbcVNZZ796tH88S4VQ2u"],
  ["Dynatrace", "dt0s01.ST2EY72KQINMH574WMNVI7YN.", "G3DFPBEJYMODIDAEX454M7YWBUVEFOWKPRVMWFASS64NFH52PX6BNDVFFM572RZM"],
  ["Paddle", "pdl_live_apikey_01gtgztp8f4kek3yd4g1wrksa3_", "q6TGTJyvoIz7LDtXT65bX7_AQO"],
  ["Paddle", "pdl_sdbx_apikey_01gtgztp8f4kek3yd4g1wrksa3_", "q6TGTJyvoIz7LDtXT65bX7_AQO"],
  ["Tailscale", "tskey-api-", "abcDEF1CNTRL-091234567890ABCDEF"],
  ["Telegram", "110201543:", "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"],
  ["Slack", "xoxb-", "17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy"],
  ["Slack", "https://hooks.slack.com/services/", "T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"],
  ["GitHub", "ghp_", "16C7e42F292c6912E7710c838347Ae178B4a"],
  ["GitHub", "ghr_", "1B4a2e77838347a7E420ce178F2E7c6912E169246c34E1ccbF66C46812d16D5B1A9Dc86A1498"],
  [
    "jwt.io",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.",
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
  ],
  [
    "Azurite",
    "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/",
    "K1SZFPTOtr/KBHBeksoGMGw==",
  ],
  [
    "Cosmos emulator",
    "AccountKey=C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/",
    "Jw==",
  ],
];

describe("What providers print in their documentation", () => {
  it.each(printed)("is silent: %s", (_provider, ...parts) => {
    const value = parts.join("");
    for (const path of ["deploy/app.conf", "src/a.ts", "values.yaml"]) {
      expect(scan(`a: ${value}`, { path }).finds).toEqual([]);
      expect(scan(`const a = "${value}";`, { path }).finds).toEqual([]);
    }
  });
});
