import { readFileSync } from "node:fs";
import { expect, onTestFinished, vi } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { start } from "../src/main.ts";
import { realParts } from "../src/parts.ts";
import type { Subject } from "../src/core/subject.ts";
import { webhookPath } from "../src/server/http.ts";
import type { SimPullRequest } from "../src/sim/facade/pull-request.ts";
import { startGitHub } from "../src/sim/github.ts";
import type { Permissions } from "../src/sim/state/model.ts";
import { type EngineName, testDatabase } from "./contracts/stores.ts";

/** What of the manifest GitHub enforces. */
export const manifest = z
  .object({ default_permissions: z.record(z.string(), z.enum(["read", "write"])), default_events: z.array(z.string()) })
  .parse(parse(readFileSync(new URL("../app.yml", import.meta.url), "utf8"), { version: "1.2" }));
const secret = "a secret of the tests";

/** The service with everything real except GitHub: what a webhook leads to, over HTTP both ways. `files` are the first commit's. */
export async function scene(
  engine: EngineName,
  files: Readonly<Record<string, string>> = { "k8s/api.yaml": deployment(3), "README.md": "# shop\n" },
  permissions: Permissions = manifest.default_permissions,
  /** What the enforcer may do; null: there is none. */
  hands: Permissions | null = null,
) {
  const database = await testDatabase(engine);
  onTestFinished(() => database.destroy());
  const { location } = database;
  const github = await startGitHub({ clock: { now: () => Date.now() } });
  onTestFinished(() => github.stop());
  const app = github.app({
    slug: "sallyport",
    permissions,
    events: manifest.default_events,
    secret,
  });
  const acme = github.organization("acme");
  const person = github.user("person-a");
  acme.member(person);
  const agent = github.user("Copilot", { id: 198_982_749, type: "Bot", appSlug: "copilot-swe-agent" });
  const shop = acme.repository("shop", {
    files,
    people: [
      [person, "write"],
      [agent, "write"],
    ],
  });
  const enforcer =
    hands === null ? null : github.app({ slug: "sallyport-enforcer", permissions: hands, events: [], secret });
  enforcer?.install(acme.account);
  const config = {
    appId: app.id,
    privateKey: app.privateKey,
    webhookSecret: secret,
    enforcer: enforcer === null ? null : { appId: enforcer.id, privateKey: enforcer.privateKey },
    store: location,
    host: "127.0.0.1",
    port: 0,
    githubApiUrl: github.url,
    publicUrl: null,
    adminToken: null,
    signalsSecret: null,
    logLevel: "silent",
    helm: null,
  } as const;
  const serve = async () => {
    const service = await start(config, realParts(config));
    onTestFinished(() => service.stop());
    app.deliverTo(service.url + webhookPath);
    // Nothing is claimed before GitHub has shown its clock.
    await vi.waitFor(() => expect(service.composed.app.skewMs()).not.toBeNull());
    // What a look publishes comes back as a webhook, and what that marks is looked at.
    const settled = async () => {
      do await github.deliveries.flush();
      while ((await service.composed.loop.runDue()) > 0);
    };
    return { ...service, settled };
  };
  return { config, github, app, acme, shop, agent, person, serve };
}

/** A Deployment of so many replicas. */
export function deployment(replicas: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  replicas: ${replicas}
  selector:
    matchLabels: { app: api }
  template:
    metadata:
      labels: { app: api }
    spec:
      containers:
        - name: api
          image: registry.example/api:1
`;
}

/** A workload of so many pods with 1Gi each. */
export const pods = (name: string, count: number): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec: { replicas: ${count}, template: { spec: { containers: [ { name: ${name}, resources: { limits: { memory: 1Gi } } } ] } } }
`;
const policy = `version: 1
layout: ["k8s/{environment}/{service}/**"]
environments: { staging: { tier: staging } }
capacity:
  - { name: general, environments: [staging], memory: 32Gi }
`;
/** A repository with a pool of 32Gi, of which 25Gi are taken. */
export const pool = {
  ".github/sallyport.yml": policy,
  "k8s/staging/payment/deployment.yaml": pods("payment", 21),
  "k8s/staging/search/deployment.yaml": pods("search", 4),
};

/** The service at work on a repository that has a release branch, and what is asked of it below. */
export async function served(files?: Readonly<Record<string, string>>) {
  const given = await scene("sqlite", files);
  const { app, acme, shop, serve } = given;
  shop.commit("release", { files: { "RELEASE.md": "# 1\n" } });
  const service = await serve();
  const installation = app.install(acme.account);
  await service.settled();
  const repository = { id: shop.state.id, owner: "acme", name: "shop" };
  const subjectOf = ({ number }: SimPullRequest) =>
    ({ kind: "pull_request", installationId: installation.id, repository, number }) as const;
  return {
    ...given,
    settled: service.settled,
    repository,
    installationId: installation.id,
    subjectOf,
    /** What the resync does, and a retry. */
    lookAgain: async (subject: Subject) => {
      await service.composed.store.queue.mark([subject], 0);
      await service.settled();
    },
    looks: async (pull: SimPullRequest) => (await service.composed.store.ledger.bySubject(subjectOf(pull), 100)).length,
    /** Conclusions of the runs on a head, oldest first. */
    on: (sha: string) => shop.checkRuns(sha).map(({ name, conclusion }) => `${name} ${conclusion}`),
  };
}
