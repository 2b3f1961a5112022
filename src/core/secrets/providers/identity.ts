import { isBech32, isSignedJwt } from "../checksums.ts";
import { named, token, type ProviderRule } from "../rule.ts";
import * as form from "../shape.ts";
import { run } from "../shape.ts";

/** Accounts, logins, social networks. */
export const identity: readonly ProviderRule[] = [
  token({
    id: "json-web-token",
    provider: "RFC 7519",
    what: "signed JSON Web Token",
    // Most have expired when they are read; what they open and until when is for a person.
    level: "review",
    literals: "eyJ",
    rest: [run(form.base64url, 10, 400), ".eyJ", run(form.base64url, 10, 4000), ".", run(form.base64url, 20, 1000)],
    passes: isSignedJwt,
  }),
  token({
    id: "age-secret-key",
    provider: "age",
    what: "age secret key",
    literals: "AGE-SECRET-KEY-1",
    rest: [run(form.upperWord, 58)],
    passes: isBech32,
    proven: true,
  }),
  named({
    id: "wireguard-key",
    provider: "WireGuard",
    what: "WireGuard private or preshared key",
    names: ["privatekey", "presharedkey"],
    value: [run(form.base64, 43), "="],
  }),
  named({
    id: "okta-token",
    provider: "Okta",
    what: "Okta API token",
    names: ["okta"],
    value: ["00", run(form.base64url, 40)],
  }),
  named({
    id: "auth0-client-secret",
    provider: "Auth0",
    what: "Auth0 client secret",
    names: ["auth0"],
    value: [run(form.base64url, 64)],
  }),
  token({
    id: "ory-token",
    provider: "Ory",
    what: "Ory token",
    literals: ["ory_pat_", "ory_at_", "ory_rt_", "ory_wak_"],
    rest: [run(form.wordDotted, 32, 120)],
  }),
  token({
    id: "stytch-secret",
    provider: "Stytch",
    what: "Stytch project secret",
    literals: "secret-live-",
    rest: [run(form.base64url, 36), "="],
  }),
  token({
    id: "stytch-test-secret",
    provider: "Stytch",
    what: "Stytch test project secret",
    level: "review",
    literals: "secret-test-",
    rest: [run(form.base64url, 36), "="],
  }),
  named({
    id: "duo-secret-key",
    provider: "Duo",
    what: "Duo secret key",
    names: ["duosecret", "duoskey"],
    value: [run(form.word, 40)],
  }),
  token({
    id: "facebook-access-token",
    provider: "Meta",
    what: "Meta access token",
    literals: ["EAACEdEose0cBA", "EAAM", "EAAB", "EAAG", "EAAC"],
    rest: [run(form.word, 100, 300)],
  }),
  token({
    id: "x-bearer-token",
    provider: "X",
    what: "X (Twitter) bearer token",
    literals: "AAAAAAAAAAAAAAAAAAAAA",
    rest: [
      run(
        form.alphabet("letters, digits, percent", "%0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
        80,
        120,
      ),
    ],
    passes: (value) => value.includes("%"),
  }),
  named({
    id: "twitch-secret",
    provider: "Twitch",
    what: "Twitch client secret",
    names: ["twitch"],
    value: [run(form.lowerWord, 30)],
  }),
  named({
    id: "spotify-secret",
    provider: "Spotify",
    what: "Spotify client secret",
    names: ["spotifyclientsecret", "spotifysecret"],
    value: [run(form.lowerHex, 32)],
  }),
  named({
    id: "linkedin-secret",
    provider: "LinkedIn",
    what: "LinkedIn client secret",
    names: ["linkedinclientsecret", "linkedinsecret"],
    value: [run(form.word, 16)],
  }),
];
