import { afterEach, beforeEach, expect, test } from "vitest";
import { acme, type Client, client, installationClient } from "./support.ts";

let world: Awaited<ReturnType<typeof acme>>;
let ask: Client;
beforeEach(async () => {
  world = await acme({ ceilings: { blobTextBytes: 100 } });
  ask = await installationClient(world.sim, world.app, world.installation);
});
afterEach(async () => {
  await world.sim.stop();
});
const query = (text: string, variables: object = {}) => ask("POST", "/graphql", { query: text, variables });
const inRepository = (fields: string): string => `query { repository(owner: "acme", name: "infra") { ${fields} } }`;

test("a hundred blobs come in one request, whole, binary, cut or missing", async () => {
  const { objects } = world.repository.state;
  const shas = [
    ...Array.from({ length: 97 }, (_, index) => objects.writeBlob(`file ${index}\n`)),
    objects.writeBlob(Uint8Array.of(0, 1)),
    objects.writeBlob("x".repeat(200)),
    "f".repeat(40),
  ];
  const answer = await query(
    `query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { ${shas.map((sha, index) => `b${index}: object(oid: "${sha}") { ...blob }`).join(" ")} } }
     fragment blob on Blob { oid text byteSize isBinary isTruncated }`,
    { owner: "acme", name: "infra" },
  );
  expect(answer.get("errors")).toBeUndefined();
  expect(answer.get("data.repository.b0")).toEqual({
    oid: shas[0],
    text: "file 0\n",
    byteSize: 7,
    isBinary: false,
    isTruncated: false,
  });
  expect(answer.get("data.repository.b97")).toMatchObject({ isBinary: true, text: null });
  expect(answer.get("data.repository.b98")).toMatchObject({ isTruncated: true, byteSize: 200, text: "x".repeat(100) });
  expect(answer.get("data.repository.b99")).toBeNull();
});

test("a pull request with its history", async () => {
  world.repository.protect({ requiredChecks: [{ context: "sallyport" }] });
  world.pull.label(world.personA, "urgent");
  world.pull.review(world.personA, "approve");
  world.pull.armAutoMerge(world.personA, "squash");
  const { get } = await query(
    inRepository(`pullRequest(number: 1) {
      number state isDraft headRefOid baseRefName author { login __typename }
      autoMergeRequest { mergeMethod enabledBy { login } }
      reviews(first: 10) { nodes { state author { login } commit { oid } } }
      labels(first: 10) { nodes { name } }
      commits(first: 10) { totalCount nodes { commit { author { user { login } } } } }
      timelineItems(first: 1, itemTypes: [LABELED_EVENT, AUTO_MERGE_ENABLED_EVENT]) { totalCount nodes { __typename ... on LabeledEvent { label { name } actor { login } } } pageInfo { hasNextPage endCursor } }
    }`),
  );
  expect(get("errors")).toBeUndefined();
  expect(get("data.repository.pullRequest")).toMatchObject({
    state: "OPEN",
    headRefOid: world.pull.headSha,
    author: { login: "copilot-swe-agent", __typename: "Bot" },
    autoMergeRequest: { mergeMethod: "SQUASH", enabledBy: { login: "person-a" } },
    reviews: { nodes: [{ state: "APPROVED", commit: { oid: world.pull.headSha } }] },
    labels: { nodes: [{ name: "urgent" }] },
    timelineItems: {
      totalCount: 2,
      nodes: [{ __typename: "LabeledEvent", label: { name: "urgent" } }],
      pageInfo: { hasNextPage: true },
    },
  });
});

test("a query that GitHub's schema does not allow is refused", async () => {
  expect((await query(inRepository("pullRequest(number: 1) { nosuch }"))).get("errors.0.message")).toContain(
    'Cannot query field "nosuch"',
  );
  expect((await query("query {")).get("errors")).toHaveLength(1);
  expect((await query(inRepository("pullRequests { totalCount }"))).get("errors.0.message")).toContain(
    "`first` or `last`",
  );
});

test("a field of the schema that the fake does not know is an error and never null", async () => {
  const { get } = await query(inRepository("pullRequest(number: 1) { reviewDecision }"));
  expect(get("errors.0.message")).toContain("does not know the field PullRequest.reviewDecision");
});

test("permissions hold for fields", async () => {
  const narrow = await installationClient(world.sim, world.app, world.installation, {
    permissions: { contents: "read" },
  });
  const { get } = await narrow("POST", "/graphql", { query: inRepository("pullRequest(number: 1) { number }") });
  expect(get("errors")).toMatchObject([{ type: "FORBIDDEN", message: "Resource not accessible by integration" }]);
  const stranger = client(world.sim, world.sim.userToken(world.sim.user("stranger")));
  expect((await stranger("POST", "/graphql", { query: inRepository("id") })).body).toMatchObject({
    data: { repository: null },
    errors: [{ type: "NOT_FOUND" }],
  });
  expect((await client(world.sim)("POST", "/graphql", { query: "query { viewer { login } }" })).status).toBe(401);
});

test("disarming auto-merge takes the permission to merge", async () => {
  expect(() => world.pull.armAutoMerge(world.personA)).toThrow("clean status");
  world.repository.protect({ requiredChecks: [{ context: "sallyport" }] });
  world.pull.armAutoMerge(world.personA);
  const disarm = `mutation { disablePullRequestAutoMerge(input: { pullRequestId: "PR_${world.pull.state.id}" }) { pullRequest { autoMergeRequest { enabledAt } } } }`;
  expect((await query(disarm)).get("errors")).toMatchObject([{ type: "FORBIDDEN" }]);
  const enforcer = world.sim.app({
    slug: "enforcer",
    permissions: { contents: "write", pull_requests: "write" },
    events: [],
    privateKey: world.app.privateKey,
  });
  const asEnforcer = await installationClient(world.sim, enforcer, enforcer.install(world.org.account));
  const { body } = await asEnforcer("POST", "/graphql", { query: disarm });
  expect(body).toEqual({ data: { disablePullRequestAutoMerge: { pullRequest: { autoMergeRequest: null } } } });
  expect(world.pull.state.autoMerge).toBeNull();
});
