import type { Value } from "../../views/value.ts";
import { isExpression } from "../keeping.ts";
import { quoted, text } from "../network/opening.ts";
import type { KubernetesObject } from "../object.ts";

/** One way by which requests are asked less of who sends them than before. */
export interface Seen {
  readonly key: string;
  readonly at: Value;
  readonly message: string;
  readonly grave?: true;
}

/** From strict to loose, of what a client asks of whom it calls. https://istio.io/latest/docs/reference/config/networking/destination-rule/ */
const clientModes: Readonly<Record<string, number>> = { ISTIO_MUTUAL: 0, MUTUAL: 0, SIMPLE: 1, DISABLE: 2 };

interface Client {
  readonly key: string;
  readonly tls: Value | undefined;
}

function clientsOf({ root }: KubernetesObject): readonly Client[] {
  const spec = root.at("spec");
  const ofPolicy = (policy: Value | undefined, key: string): readonly Client[] => [
    { key, tls: policy?.at("tls") },
    ...(policy?.at("portLevelSettings")?.items() ?? []).map((one) => ({
      key: `${key} port ${text(one.at("port", "number"))}`,
      tls: one.at("tls"),
    })),
  ];
  const subsets = (spec?.at("subsets")?.items() ?? []).flatMap((one) =>
    ofPolicy(one.at("trafficPolicy"), `subset ${text(one.at("name"))}`),
  );
  return [...ofPolicy(spec?.at("trafficPolicy"), "trafficPolicy"), ...subsets];
}

/** Without a mode the mesh chooses, which takes mutual TLS where both sides have it. */
export function ofClients(before: KubernetesObject, after: KubernetesObject): readonly Seen[] {
  const place = after.root.at("spec") ?? after.root;
  const clients = clientsOf(after);
  return [
    ...clientsOf(before),
    ...clients.filter(({ key }) => clientsOf(before).every((one) => one.key !== key)),
  ].flatMap(({ key, tls: former }): readonly Seen[] => {
    const was = clientsOf(before).some((one) => one.key === key) ? former : undefined;
    const tls = clients.find((one) => one.key === key)?.tls;
    const [mode, at] = [text(was?.at("mode")), tls?.at("mode")];
    const known = mode === "" ? 0 : (clientModes[mode] ?? 2);
    const isHidden = isExpression(at) && text(at) !== mode;
    const found: Seen[] = [];
    if (isHidden || (clientModes[text(at)] ?? (text(at) === "" ? 0 : 2)) > Math.max(known, mode === "" ? 1 : 0))
      found.push({
        key: `${key} tls.mode`,
        at: at ?? place,
        message: `TLS of ${quoted(key)} ${quoted(mode === "" ? "not said" : mode)} → ${quoted(text(at))}`,
      });
    const skip = tls?.at("insecureSkipVerify");
    if (skip !== undefined && skip.scalar !== false && text(was?.at("insecureSkipVerify")) !== text(skip))
      found.push({ key: `${key} verification`, at: skip, message: "it takes any certificate", grave: true });
    return found;
  });
}

/** Gateways that ask clients for a certificate: of Istio by the mode of a server, of the Gateway API by what a listener validates. */
export function ofGateways(before: KubernetesObject, after: KubernetesObject): readonly Seen[] {
  const servers = ({ root }: KubernetesObject) => root.at("spec", "servers")?.items() ?? [];
  const port = (server: Value) => text(server.at("port", "number"));
  const mutual = ["MUTUAL", "ISTIO_MUTUAL"];
  const ofIstio = servers(after).flatMap((server): readonly Seen[] => {
    const was = servers(before).find((one) => port(one) === port(server));
    const [former, at] = [text(was?.at("tls", "mode")), server.at("tls", "mode")];
    if (!mutual.includes(former) || mutual.includes(text(at))) return [];
    const message = `clients of its port ${quoted(port(server))} are not asked for a certificate: ${quoted(former)} → ${quoted(text(at) || "none")}`;
    return [{ key: `port ${port(server)}`, at: at ?? server, message }];
  });
  const listeners = ({ root }: KubernetesObject) => root.at("spec", "listeners")?.items() ?? [];
  const ofApi = listeners(after).flatMap((listener): readonly Seen[] => {
    const name = text(listener.at("name"));
    const was = listeners(before).find((one) => text(one.at("name")) === name);
    if (was?.at("tls", "frontendValidation") === undefined || listener.at("tls", "frontendValidation") !== undefined)
      return [];
    const message = `clients of its listener ${quoted(name)} are not asked for a certificate any more`;
    return [{ key: `listener ${name}`, at: listener, message }];
  });
  return [...ofIstio, ...ofApi];
}
