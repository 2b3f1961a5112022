import { isAwsKeyId } from "../checksums.ts";
import { hasDigitBehindPrefix, named, token, type ProviderRule } from "../rule.ts";
import * as form from "../shape.ts";
import { run } from "../shape.ts";

const cloudflare = "https://developers.cloudflare.com/fundamentals/api/get-started/token-formats";
const digitalOcean = "https://docs.digitalocean.com/notes/2022/api-token-format";

const amazon: readonly ProviderRule[] = [
  token({
    id: "aws-access-key-id",
    provider: "AWS",
    what: "AWS access key id",
    // Alone it opens nothing, and it names whose key it is.
    level: "review",
    literals: ["AKIA", "ASIA", "ABIA", "ACCA"],
    rest: [run(form.base32, 16)],
    passes: isAwsKeyId,
  }),
  named({
    id: "aws-secret-access-key",
    provider: "AWS",
    what: "AWS secret access key",
    names: ["awssecret", "secretaccesskey", "awskey"],
    value: [run(form.base64, 40)],
  }),
  token({
    id: "aws-session-token",
    provider: "AWS",
    what: "AWS session token",
    literals: ["IQoJb3JpZ2luX2Vj", "FwoGZXIvYXdzE"],
    rest: [run(form.base64, 100, 2000)],
  }),
  token({
    id: "aws-bedrock-api-key",
    provider: "AWS",
    what: "Amazon Bedrock API key",
    literals: "ABSKQmVkcm9ja0FQSUtleS",
    rest: [run(form.base64, 80, 260)],
  }),
  token({
    id: "aws-mws-token",
    provider: "AWS",
    what: "Amazon MWS authorization token",
    literals: "amzn.mws.",
    rest: form.uuid,
  }),
];

const google: readonly ProviderRule[] = [
  token({
    id: "google-api-key",
    provider: "Google",
    what: "Google API key",
    // Keys of Maps and Firebase are printed in pages on purpose; whether this one may be is not written in it.
    level: "review",
    literals: "AIza",
    rest: [run(form.base64url, 35)],
  }),
  token({
    id: "google-oauth-client-secret",
    provider: "Google",
    what: "Google OAuth client secret",
    literals: "GOCSPX-",
    rest: [run(form.base64url, 28)],
  }),
  token({
    id: "google-oauth-access-token",
    provider: "Google",
    what: "Google OAuth access token",
    literals: "ya29.",
    rest: [run(form.base64url, 60, 1000)],
  }),
  token({
    id: "google-oauth-refresh-token",
    provider: "Google",
    what: "Google OAuth refresh token",
    literals: "1//0",
    rest: [run(form.base64url, 60, 300)],
  }),
];

const cloudflareRules: readonly ProviderRule[] = [
  token({
    id: "cloudflare-token",
    provider: "Cloudflare",
    what: "Cloudflare API token",
    literals: ["cfut_", "cfat_", "cfk_"],
    // Forty characters and a checksum whose length the page does not give.
    rest: [run(form.word, 44, 56)],
    source: cloudflare,
  }),
  named({
    id: "cloudflare-token-named",
    provider: "Cloudflare",
    what: "Cloudflare API token",
    names: ["cloudflare", "cfapi"],
    value: [run(form.base64url, 40)],
    source: cloudflare,
  }),
  named({
    id: "cloudflare-global-key",
    provider: "Cloudflare",
    what: "Cloudflare global API key",
    names: ["cloudflare", "cfapi"],
    value: [run(form.lowerHex, 37, 45)],
    source: cloudflare,
  }),
  token({
    id: "cloudflare-origin-ca-key",
    provider: "Cloudflare",
    what: "Cloudflare Origin CA key",
    literals: "v1.0-",
    rest: [run(form.lowerHex, 24), "-", run(form.lowerHex, 146)],
  }),
];

const others: readonly ProviderRule[] = [
  token({
    id: "digitalocean-token",
    provider: "DigitalOcean",
    what: "DigitalOcean access token",
    literals: ["dop_v1_", "doo_v1_", "dor_v1_"],
    rest: [run(form.lowerHex, 64)],
    source: digitalOcean,
  }),
  token({
    id: "alibaba-access-key-id",
    provider: "Alibaba Cloud",
    what: "Alibaba Cloud access key id",
    level: "review",
    literals: "LTAI",
    rest: [run(form.word, 12, 26)],
  }),
  named({
    id: "alibaba-access-key-secret",
    provider: "Alibaba Cloud",
    what: "Alibaba Cloud access key secret",
    names: ["alibaba", "aliyun", "alicloud", "accesskeysecret"],
    value: [run(form.word, 30)],
  }),
  token({
    id: "tencent-secret-id",
    provider: "Tencent Cloud",
    what: "Tencent Cloud secret id",
    level: "review",
    literals: "AKID",
    rest: [run(form.word, 32)],
  }),
  token({
    id: "yandex-api-key",
    provider: "Yandex Cloud",
    what: "Yandex Cloud API key",
    literals: "AQVN",
    rest: [run(form.base64url, 35, 38)],
  }),
  named({
    id: "hetzner-token",
    provider: "Hetzner",
    what: "Hetzner Cloud API token",
    names: ["hcloud", "hetzner"],
    value: [run(form.word, 64)],
  }),
  named({
    id: "linode-token",
    provider: "Linode",
    what: "Linode API token",
    names: ["linode"],
    value: [run(form.lowerHex, 64)],
  }),
  named({
    id: "vultr-api-key",
    provider: "Vultr",
    what: "Vultr API key",
    names: ["vultr"],
    value: [run(form.upperWord, 36)],
  }),
  named({
    id: "ibm-cloud-api-key",
    provider: "IBM Cloud",
    what: "IBM Cloud API key",
    names: ["ibmcloud", "ibmapi", "bluemix"],
    value: [run(form.base64url, 44)],
  }),
  token({
    id: "heroku-api-key",
    provider: "Heroku",
    what: "Heroku API key",
    literals: "HRKU-AA",
    rest: [run(form.base64url, 58)],
  }),
  token({
    id: "fly-token",
    provider: "Fly.io",
    what: "Fly.io access token",
    literals: ["fm2_", "fm1r_", "fm1a_"],
    rest: [run(form.base64, 100, 2000)],
  }),
  token({
    id: "netlify-token",
    provider: "Netlify",
    what: "Netlify personal access token",
    literals: "nfp_",
    rest: [run(form.word, 36, 40)],
  }),
  token({
    id: "render-api-key",
    provider: "Render",
    what: "Render API key",
    literals: "rnd_",
    rest: [run(form.word, 28, 40)],
    passes: hasDigitBehindPrefix,
  }),
];

export const clouds: readonly ProviderRule[] = [...amazon, ...google, ...cloudflareRules, ...others];
