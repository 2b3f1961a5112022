import { z } from "zod";
import { isVisible } from "../http/access.ts";
import {
  type Call,
  countedList,
  created,
  list,
  numberParam,
  ok,
  parse,
  type Reply,
  type Route,
  repositoryRoute,
  route,
} from "../http/call.ts";
import { installationShape, integration } from "../shapes/apps.ts";
import { publicUser } from "../shapes/accounts.ts";
import { fullRepository, minimalRepository, repositoryShape } from "../shapes/repositories.ts";
import { iso, type Schema } from "../shapes/schema.ts";
import { roleOn } from "../state/accounts.ts";
import { coveredRepositories, grants, installationOn } from "../state/apps.ts";
import type { App, Installation, Permissions } from "../state/model.ts";
import { notFound, Refused } from "../state/refused.ts";
import type { Delivery } from "../webhooks/deliveries.ts";

export const appRoutes: readonly Route[] = [
  route("GET", "/app", { kind: "app" }, (call) => ok(integration(appOf(call)))),
  route("GET", "/app/installations", { kind: "app" }, (call) => {
    const app = appOf(call);
    return list(
      [...call.world.installations.values()].filter((each) => each.app === app),
      installationShape,
    );
  }),
  route("GET", "/app/installations/{installation_id}", { kind: "app" }, (call) =>
    ok(installationShape(installationOf(call))),
  ),
  route("POST", "/app/installations/{installation_id}/access_tokens", { kind: "app" }, issueToken),
  route("GET", "/repos/{owner}/{repo}/installation", { kind: "app" }, (call) => {
    const repository = call.world.findRepository(call.param("owner"), call.param("repo"));
    const installation = repository === undefined ? undefined : installationOn(call.world, appOf(call), repository);
    if (installation === undefined) throw notFound();
    return ok(installationShape(installation));
  }),
  route("GET", "/orgs/{org}/installation", { kind: "app" }, (call) => {
    const installation = [...call.world.installations.values()].find(
      ({ app, account }) => app === appOf(call) && account.login === call.param("org"),
    );
    if (installation === undefined) throw notFound();
    return ok(installationShape(installation));
  }),
  route("GET", "/installation/repositories", { kind: "installation" }, (call) => {
    if (call.identity.kind !== "installation") throw notFound();
    const { installation, repositories } = call.identity.grant;
    const covered = coveredRepositories(call.world, installation).filter(
      ({ id }) => repositories === "all" || repositories.has(id),
    );
    return countedList(covered, repositoryShape, "repositories");
  }),
  route("GET", "/app/hook/deliveries", { kind: "app" }, listDeliveries),
  route("GET", "/app/hook/deliveries/{delivery_id}", { kind: "app" }, (call) => {
    const delivery = deliveryOf(call);
    return ok({
      ...deliveryShape(delivery),
      request: { headers: {}, payload: JSON.parse(delivery.body) as unknown },
      response: { headers: {}, payload: null },
    });
  }),
  route("POST", "/app/hook/deliveries/{delivery_id}/attempts", { kind: "app" }, (call) => {
    call.deliveries.redeliver(deliveryOf(call).id);
    return { kind: "json", status: 202, body: {} };
  }),
  repositoryRoute("GET", "", [{ metadata: "read" }], "read", (call) => {
    const role = call.identity.kind === "user" ? roleOn(call.world, call.repository, call.identity.account) : null;
    return ok(fullRepository(call.repository, role));
  }),
  route("GET", "/orgs/{org}/repos", { kind: "anyone" }, (call) => {
    const owner = call.world.account(call.param("org"));
    const visible = [...call.world.repositories.values()].filter(
      (each) => each.owner === owner && isVisible(call.world, call.identity, each),
    );
    return list(visible, minimalRepository);
  }),
  route("GET", "/user", { kind: "anyone" }, (call) => {
    if (call.identity.kind !== "user") throw new Refused(403, "Resource not accessible by integration");
    return ok(publicUser(call.identity.account));
  }),
  route("GET", "/users/{username}", { kind: "anyone" }, (call) => {
    const account = call.world.account(call.param("username"));
    // The agent accounts of vendors have no page of their own: only bots of apps carry the suffix and can be looked up.
    if (account.type === "Bot" && !account.login.endsWith("[bot]")) throw notFound();
    return ok(publicUser(account));
  }),
  route("GET", "/user/{account_id}", { kind: "anyone" }, (call) => {
    const account = call.world.accounts.get(numberParam(call, "account_id"));
    if (account === undefined) throw notFound();
    return ok(publicUser(account));
  }),
];

function appOf(call: Call): App {
  if (call.identity.kind !== "app") throw new Refused(401, "A JSON web token could not be decoded");
  return call.identity.app;
}

function installationOf(call: Call): Installation {
  const installation = call.world.installations.get(numberParam(call, "installation_id"));
  if (installation?.app !== appOf(call)) throw notFound();
  return installation;
}

const tokenRequest = z.object({
  repositories: z.array(z.string()).optional(),
  repository_ids: z.array(z.int()).optional(),
  permissions: z.record(z.string(), z.enum(["read", "write", "admin"])).optional(),
});

/** @throws Refused 422 for more than the installation has */
function issueToken(call: Call): Reply {
  const installation = installationOf(call);
  if (installation.suspendedMs !== null) throw new Refused(403, "This installation has been suspended");
  const body = parse(tokenRequest, call.body);
  const covered = coveredRepositories(call.world, installation);
  const wanted =
    body.repositories === undefined && body.repository_ids === undefined
      ? null
      : covered.filter(
          ({ id, name }) => body.repository_ids?.includes(id) === true || body.repositories?.includes(name) === true,
        );
  const asked = (body.repositories?.length ?? 0) + (body.repository_ids?.length ?? 0);
  if (wanted !== null && wanted.length !== asked)
    throw new Refused(
      422,
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  const permissions: Permissions =
    body.permissions === undefined ? installation.permissions : { metadata: "read", ...body.permissions };
  for (const [name, level] of Object.entries(permissions))
    if (!grants(installation.permissions, name, level))
      throw new Refused(422, "The permissions requested are not granted to this installation.");
  const repositories = wanted === null ? "all" : new Set(wanted.map(({ id }) => id));
  const { token, expiresMs } = call.tokens.forInstallation({ installation, repositories, permissions });
  return created({
    token,
    expires_at: iso(expiresMs),
    permissions,
    repository_selection: wanted === null ? installationShape(installation).repository_selection : "selected",
    ...(wanted === null ? {} : { repositories: wanted.map(repositoryShape) }),
  });
}

function listDeliveries(call: Call): Reply {
  const app = appOf(call);
  const [status, cursor] = [call.query.get("status"), call.query.get("cursor")];
  const failed = ({ statusCode }: Delivery): boolean => statusCode < 200 || statusCode >= 300;
  const matching = call.deliveries.log
    .filter(
      (each) =>
        each.app === app &&
        (status === null || failed(each) === (status === "failure")) &&
        (cursor === null || each.id < Number(cursor)),
    )
    .toReversed();
  const size = Math.min(Number(call.query.get("per_page") ?? 30), 100);
  const page = matching.slice(0, size);
  const last = page.at(-1);
  // Unlike every other list this one is paged by a cursor.
  const next = `<${call.origin}/app/hook/deliveries?per_page=${size}&cursor=${last?.id ?? 0}>; rel="next"`;
  return {
    kind: "json",
    status: 200,
    body: page.map(deliveryShape),
    headers: matching.length > size ? { link: next } : {},
  };
}

function deliveryOf(call: Call): Delivery {
  const delivery = call.deliveries.log.find(
    ({ id, app }) => id === numberParam(call, "delivery_id") && app === appOf(call),
  );
  if (delivery === undefined) throw notFound();
  return delivery;
}

function deliveryShape(delivery: Delivery): Schema<"hook-delivery-item"> {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: iso(delivery.deliveredMs),
    redelivery: delivery.redelivery,
    duration: 0,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}
