import type { components } from "@octokit/openapi-types";

/** A type of GitHub's published OpenAPI description. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

/**
 * Addresses inside answers and payloads name the real hosts and not this server's port, so that the same script gives
 * the same bytes in every run. Nothing follows them; paging uses the Link header.
 */
export const API = "https://api.github.com";
export const WEB = "https://github.com";

export function iso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}

/** GitHub's opaque ids of GraphQL nodes: readable here, so that a failing test shows what was meant. */
export function nodeId(kind: string, id: number | string): string {
  return `${kind}_${id}`;
}
