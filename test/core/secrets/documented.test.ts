import { describe, expect, it } from "vitest";
import { scan } from "../../../src/core/secrets/scan.ts";

/**
 * What providers print in their own documentation, specifications and guides, in two parts, so that no scanner of a host takes this file for a
 * leak. Some are of the form that is given out and known by their digest; some stop short of it, and show that this is enough.
 */
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
  ["RubyGems", "rubygems_", "cec9db9373ea171daaaa0bf2337edce187f09558cb19c1b2"],
  ["RubyGems", "rubygems_", "b9ce70c306b3a2e248679fbbbd66722d408d3c8c4f00566c"],
  ["PayPal", "ba_token=BA-", "2M539689T3856352J"],
  ["PagerDuty", "routing_key: 737ea619", "db564d41bd9824063e1f6b08"],
  ["PagerDuty", "routing_key: e93facc0", "4764012d7bfb002500d5d1a6"],
  [
    "Discord",
    "https://discord.com/api/webhooks/347114750880120863/",
    "kKDdjXa1g9tKNs0-_yOwLyALC9gydEWP6gr9sHabuK1vuofjhQDDnlOclJeRIvYK-pj_",
  ],
  ["Mailgun", "curl -G --user 'api:pubkey-", "501jygdalut926-6mb1ozo8ay9crlc28'"],
  ["Mailgun", "MAILGUN_API_KEY=key-3ax6", "xnjp29jd6fds4gc373sgvjxteol0"],
  ["MinIO", "<SecretAccessKey>sYLRKS1Z", "7hSjluf6gEbb9066hnx315wHTiACPAjg</SecretAccessKey>"],
  ["MinIO", "SecretAccessKey: LHPdHeaL", "iYk+pDZ3hgN3sdwXpJC2qbhBfZ8ii9Z3"],
  ["Ory", "ory_at_", "JGhESDjKfHMQ8Wcy0cC3.hIQxGmX37ydn8WmKAnlD3U"],
  ["Ory", "ory_pat_", "xRKLsFEOUFQFVBjd6o3FQDifaLYhabGd"],
  ["Fly.io", "postgres://postgres:45V1Ykw", "VDUzbkHj@orders.internal:5432"],
  ["Fly.io", "fm2_", "lJPECAAAAAAAAC7txBAzYI6PRWhHLT..."],
  ["Supabase", "sb_secret_", "N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz"],
  ["Supabase", "sbp_", "****************************************"],
  ["DigitalOcean", "postgres://doadmin:wv78n3", "zpz42xezdk@db.acme.internal:25060"],
  ["DigitalOcean", "token: 403d085a", "aa80102277d8da97ffd2db2b6a4f129d0e2146098fdfb0cec624babc"],
  ["Neon", '"password": "Onf1', 'AjayKwe0"'],
  [
    "Okta",
    "Authorization: Basic MGpyYWJ5",
    "UVdtNEI5elZKUGJvdFk6NVc3WFVMQ0VzNEJKS25XVVh3aDhsZ21lWFJoY0djZFZpRnA4NHBXZQ==",
  ],
  [
    "Travis CI",
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJ",
    "pc3MiOiJ0cmF2aXMtY2kub3JnIiwic2x1ZyI6InRyYXZpcy1jaS90cmF2aXMtY2kiLCJwdWxsLXJlcXVlc3QiOiIiLCJleHAiOjU0MDAsImlhdCI6MH0.soQJgHR6cGNr9Lj_N6yL2Nk5SQug-hXGUPenJy1QTVc",
  ],
  [
    "Supabase",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ",
    "pc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6ImFub24iLCJleHAiOjE5ODM4MTI5OTZ9.CRXP1A7WOeoJeXxjNni43kdQwgnWNReilDMblYTn_I0",
  ],
  [
    "MinIO",
    "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJ",
    "hY2Nlc3NLZXkiOiJLOURUSU1VVlpYRVhKTDNBVFVPWSIsImV4cCI6MzYwMDAwMDAwMDAwMCwicG9saWN5IjoidGVzdCJ9.PetK5wWUcnCJkMYv6TEs7HqlA4x_vViykQ8b2T_6hapFGJTO34sfTwqBnHF6lAiWxRoZXco11B0R7y58WAsrQw",
  ],
  ["Buildkite", "bkua_", "*****************************************************"],
  ["Brevo", "xkeysib-", "YOUR_API_KEY"],
  ["Databricks", "dapi", "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"],
  ["Docker Hub", "dckr_pat_", "the_access_token"],
  ["Google", "ya29.", "a0AWY7CknlXtELCHzdKuS..."],
  ["Google", "1//0", "3MJpa-zseicbCgYIARAAGAMSNwF-..."],
  ["JFrog", "AKCp", "5dKiQ9syTzu9GFhpF3iTzDcFhYAa4..."],
  ["New Relic", "NRAK-", "YOUR-API-KEY-HERE"],
  ["OpenAI", "sk-proj-", "-12345678901234567890123456789012"],
  ["PlanetScale", "pscale_pw_", "xxxxxxxxxxxxxxxxxxxxx"],
  ["SonarQube", "sqp_", "1234567890abcdef1234567890abcdef12345678"],
  ["Stripe", "sk_live_", "example_key_for_import_test"],
  ["Slack", "https://hooks.slack.com/services/", "T1234567/AAAAAAAA/ZZZZZZ"],
  ["Trigger.dev", "tr_dev_", "xxxxxxxxxx"],
  ["Twilio", "SK", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],
  ["Anthropic", "sk-ant-", "12345678901234567890123456789012"],
  ["Hugging Face", "hf_", "xxxxxxxxxxxxx"],
  ["SendGrid", "SG.", "xxxxxxxx.xxxxxxxxx"],
  ["Razorpay", "rzp_test_", "pNL6H0AmbBEyjD"],
  ["NuGet", "oy2", "Ai1yfLpuo3EpiO1jFTsB4sFz6oIfAfSZyQzVpkZQ9xS8ZS5g1jCBgq4Hwo0g"],
  ["ClickHouse", "4b1d", "d9a5-8dc9-48e1-bd11-29443e959902"],
  ["Azure", "sig=", "JNODB0xEayW8txMQm6ZsIwDnd4eh3hd6ijiRLi4ipHE"],
  ["GitLab", "glpat-", "xxxxxxxxxxxxxxxxxxxx"],
  ["Shopify", "shpat_", "xxxxxxxxxxxxxxxxxxxx"],
  ["HashiCorp Terraform", "X2iTFefU5aWOjg.atlasv1.", "YaDa"],
  ["GitHub", "ghp_", "xz7yzju2SZjGPa0dUNMAx0SH4xDOCS31LXQW"],
  ["GitHub", "ghs_", "xz7yzju2SZjGPa0dUNMAx0SH4xDOCS31LXQW"],
  [
    "X",
    "AAAAAAAAAAAAAAAAAAAAA",
    "MLheAAAAAAA0%2BuSeid%2BULvsea4JtiGRiSDSJSI%3DEUifiRBkKG5E2XzMDjRfl76ZC9Ub0wnz4XsNiRVBChTYbJcE3F",
  ],
];

describe("What providers print in their documentation", () => {
  it("is known of forty providers", () => {
    expect(new Set(printed.map(([provider]) => provider)).size).toBeGreaterThanOrEqual(40);
  });

  it.each(printed)("is silent: %s", (_provider, ...parts) => {
    const value = parts.join("");
    for (const path of ["deploy/app.conf", "src/a.ts", "values.yaml"]) {
      expect(scan(`a: ${value}`, { path }).finds).toEqual([]);
      expect(scan(`const a = "${value}";`, { path }).finds).toEqual([]);
    }
  });
});
