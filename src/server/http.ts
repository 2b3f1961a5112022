import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { BodyMemory } from "./body.ts";
import { answerEvidence, evidencePath, type EvidencePort } from "./evidence.ts";
import { answerGate, gatePath, type GatePorts } from "./gate.ts";
import { answerHalts, type HaltPorts, haltsPath, liftPath } from "./halts.ts";
import { answerPulls, type LookedPort, pullsPath } from "./looked.ts";
import { type PagePorts, pages } from "./pages.ts";
import { refuse } from "./refuse.ts";
import { answerSignals, type SignalsPort, signalsPath } from "./signals.ts";
import { answerWebhook, type WebhookPorts } from "./webhook.ts";

/** Where Probot expects webhooks too, so that a GitHub App made for it needs no change. */
export const webhookPath = "/api/github/webhooks";

export interface HttpPorts
  extends WebhookPorts,
    PagePorts,
    HaltPorts,
    LookedPort,
    GatePorts,
    SignalsPort,
    EvidencePort {}

export interface HttpLimits {
  /** From the connection to the last byte of the headers. */
  readonly headersMs: number;
  /** From the first byte of a request to its last. */
  readonly requestMs: number;
  /** How often connections are held against these. */
  readonly checkingMs: number;
  /** Of bodies in memory, over all requests. */
  readonly bodyMemoryBytes: number;
  readonly connections: number;
  /** How long `stop` waits for answers that are under way. */
  readonly stopMs: number;
}

export const defaultHttpLimits: HttpLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  checkingMs: 5_000,
  bodyMemoryBytes: 256 * 1024 * 1024,
  connections: 2_000,
  stopMs: 10_000,
};

export interface Http {
  /** Resolves with the port once it listens. */
  listen(host: string, port: number): Promise<number>;
  /** Takes no new connections; resolves when every request that had begun is answered, or `stopMs` later. */
  stop(): Promise<void>;
}

export function createHttp(ports: HttpPorts, limits: HttpLimits): Http {
  const memory = new BodyMemory(limits.bodyMemoryBytes);
  const underWay = new Set<ServerResponse>();
  const showPage = getRequestListener(pages(ports).fetch);

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request);
    if (path === webhookPath) {
      if (request.method === "POST") await answerWebhook(request, response, ports, memory);
      else refuse(response, 405, "Webhooks are delivered by POST.", { allow: "POST" });
      return;
    }
    if (path === gatePath) {
      await answerGate(request, response, ports);
      return;
    }
    if (path === evidencePath) {
      await answerEvidence(request, response, ports, memory);
      return;
    }
    if (path === haltsPath || path === liftPath) {
      await answerHalts(path, request, response, ports, memory);
      return;
    }
    if (path === signalsPath) {
      await answerSignals(request, response, ports, memory);
      return;
    }
    if (path === pullsPath) {
      await answerPulls(request, response, ports);
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      refuse(response, 405, "Only GET and HEAD are answered here.", { allow: "GET, HEAD" });
      return;
    }
    await showPage(request, response);
  }

  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkingMs,
      keepAliveTimeout: 65_000,
    },
    (request, response) => {
      underWay.add(response);
      response.once("close", () => underWay.delete(response));
      if (!server.listening) response.setHeader("connection", "close");
      route(request, response).catch((error: unknown) => {
        ports.log.error({ error }, "a request could not be answered");
        if (response.headersSent) response.destroy();
        else refuse(response, 500, "The request could not be answered.");
      });
    },
  );
  server.maxConnections = limits.connections;
  return {
    listen: async (host, port) => {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject).listen(port, host, () => {
          server.off("error", reject);
          resolve();
        });
      });
      return portOf(server);
    },
    stop: async () => {
      const { promise: closed, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      // A connection that is kept alive after its answer would keep the server open until the sender lets go of it.
      for (const response of underWay) if (!response.headersSent) response.setHeader("connection", "close");
      const late = setTimeout(() => server.closeAllConnections(), limits.stopMs);
      await closed;
      clearTimeout(late);
    },
  };
}

function pathOf(request: IncomingMessage): string | null {
  const target = request.url ?? "";
  return URL.canParse(target, "http://localhost") ? new URL(target, "http://localhost").pathname : null;
}

function portOf(server: Server): number {
  const address = server.address() as AddressInfo;
  return address.port;
}
