import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { descents } from "../../settings/descents.ts";
import { isReplaced, restored, shiftsOf, sightingOf, templates } from "../../settings/shift.ts";
import { positionOf } from "../../settings/switches.ts";
import { isDevelopment } from "../../settings/tier.ts";
import { wordsOf } from "../../settings/words.ts";

/** Switches that stand for nothing but what they switch off: dangerous by themselves where they are new. */
const explicit =
  /(?:skip|bypass|insecure skip|disable|anonymous|reject unauthorized|verif|csrf|allow (?:invalid|self signed|all|empty)|trust)/u;

export default defineRule({
  id: "config-safeguard-off",
  invariant: "authentication-is-unchanged",
  severity: "critical",
  confidence: "high",
  summary: "Encryption, the verification of certificates, authentication or a check of requests is switched off.",
  why: "What was refused until now is let in, by anybody who can reach it or who stands on the way, and nothing looks broken.",
  remedy: "Keep it on; give the program the certificate, the login or the origin that it lacks.",
  needs: "values",
  options: z.strictObject({}),
  *detect(view, _, context) {
    const shifts = shiftsOf(view, context, ["verification", "authentication", "bypass"]);
    for (const shift of shifts) {
      if (isDevelopment(shift.path, context)) continue;
      const { naming, before, after, value } = shift;
      const [stood, stands] = [positionOf(naming.of.class, before), positionOf(naming.of.class, after)];
      const at = value.after?.place;
      const speaks = value.inPlace && explicit.test(wordsOf(value.segments).join(" "));
      if (at !== undefined && stands === "hidden" && (stood === "safe" || (stood === "unset" && speaks))) {
        yield { at, about: shift.about, undecided: `whether \`${value.key}\` is on` };
      }
      const gone = stood === "safe" && stands === "unset" && naming.of.class !== "bypass" && value.inPlace;
      if (gone && !isReplaced(shift, shifts)) {
        yield sightingOf(shift, "the program's default stands in its place", { asks: true });
        continue;
      }
      if (stands !== "unsafe" || stood === "unsafe") continue;
      const isNew = stood !== "safe";
      if (isNew && !speaks) continue;
      yield sightingOf(shift, "the safeguard is off", { ...(isNew ? { asks: true as const } : restored(shift)) });
    }
    yield* descents(view, context, ["transport", "login"]);
    yield* templates(view, context, ["bypass"]);
  },
  examples: {
    "certificates are not verified any more": `
      M services/pay/config.yaml
        http:
      -   verify_ssl: true
      >   verify_ssl: false`,
    "in the environment of Node": `
      M k8s/pay.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: pay }
        data:
          PORT: "8080"
      >   NODE_TLS_REJECT_UNAUTHORIZED: "0"`,
    "the connection to the database is not encrypted": `
      M services/pay/production.env
        PORT=80
      - DATABASE_URL=postgres://db/pay?sslmode=verify-full
      > DATABASE_URL=postgres://db/pay?sslmode=disable`,
    "authentication is off": `
      M config/mongo.yaml
        security:
      -   authorization_enabled: true
      >   authorization_enabled: false`,
    "anybody may enter": `
      M grafana/grafana.ini
        [auth.anonymous]
      - allow_anonymous = false
      > allow_anonymous = true`,
    "on again": `
      M services/pay/config.yaml
        http:
      -   insecure_skip_verify: true
      +   insecure_skip_verify: false`,
    "a certificate is named in another way": `
      M services/pay/config.yaml
        http:
      -   tls: true
      +   tls: { ca: /etc/ca.pem }`,
    "a cookie that other sites may send": `
      M shop/settings.py
        DEBUG = False
      - SESSION_COOKIE_SAMESITE = "Lax"
      > SESSION_COOKIE_SAMESITE = "None"`,
    "everybody may write": `
      M grafana/grafana.ini
        [auth.anonymous]
      - org_role = Viewer
      > org_role = Editor`,
    "passwords over SSH": `
      M images/bastion/sshd_config
        Port 22
      - PermitRootLogin no
      - PasswordAuthentication no
      > PermitRootLogin yes
      > PasswordAuthentication yes`,
    "PostgreSQL believes everybody": `
      M deploy/db.env
        POSTGRES_DB=shop
      - POSTGRES_HOST_AUTH_METHOD=scram-sha-256
      > POSTGRES_HOST_AUTH_METHOD=trust`,
    "keys in the place of passwords": `
      M images/bastion/sshd_config
        Port 22
      - PasswordAuthentication yes
      + PasswordAuthentication no`,
    "what developers run": `
      M config/development.yaml
        http:
      -   verify_ssl: true
      +   verify_ssl: false`,
    "a new service inside a mesh": `
      A services/ledger/config.yaml
        server: { tls: false }`,
  },
});
