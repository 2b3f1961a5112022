import type { Value } from "../../views/value.ts";
import type { KubernetesObject } from "../object.ts";
import { isLetIn, hiddenParts, type Opening, quoted, text, texts, wildHosts } from "./opening.ts";

/** Who may send from which namespace stands before the host: `shop/*.acme.example`. */
function hostOf(written: string): string {
  return written.slice(written.indexOf("/") + 1);
}

function servers({ root }: KubernetesObject): readonly Value[] {
  return root.at("spec", "servers")?.items() ?? [];
}

/** https://istio.io/latest/docs/reference/config/networking/gateway/ */
export function ofIstioGateway(before: KubernetesObject, after: KubernetesObject): readonly Opening[] {
  const hosts = servers(before).flatMap((server) => texts(server.at("hosts")).map(hostOf));
  const encrypted = servers(before).filter((server) => server.at("tls") !== undefined);
  const served = encrypted.flatMap((server) => texts(server.at("hosts")).map(hostOf));
  return [
    ...hiddenParts(before, after, [["spec"], ["spec", "servers"]]),
    ...servers(after).flatMap((server): readonly Opening[] => {
      const port = text(server.at("port", "number"));
      const was = servers(before).find((one) => text(one.at("port", "number")) === port);
      const wild = (server.at("hosts")?.items() ?? []).filter((at) => !isLetIn(hostOf(text(at)), hosts));
      const openings = [...(wild.length === 0 ? [] : wildHosts(hosts, wild, server))];
      const lost = (protocol: string): boolean => ["HTTP", "TCP", "GRPC", "HTTP2"].includes(protocol.toUpperCase());
      const protocol = text(server.at("port", "protocol"));
      if (was?.at("tls") !== undefined && server.at("tls") === undefined && lost(protocol) && served.length > 0)
        openings.push({
          key: `port ${port} tls`,
          at: server.at("port") ?? server,
          message: `its port ${quoted(port)} served TLS, and serves ${quoted(protocol)}`,
        });
      const redirect = server.at("tls", "httpsRedirect");
      if (
        was?.at("tls", "httpsRedirect")?.scalar === true &&
        redirect?.scalar !== true &&
        server.at("tls") !== undefined
      )
        openings.push({
          key: `port ${port} redirect`,
          at: redirect ?? server,
          message: `its port ${quoted(port)} sent requests on to TLS, and serves them without`,
        });
      return openings;
    }),
  ];
}
