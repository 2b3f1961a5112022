import { type Halt, type HaltScope, yetToCome } from "../core/decisions/decision.ts";
import { agentNamed, plainName } from "../core/provenance/catalogue.ts";
import { type HaltProgress, haltProgress } from "./halting.ts";
import type { Clock, Decisions, Judgements, Log, Places } from "./ports.ts";

/** What an operator asks to be stopped. Names are compared as GitHub does, without regard to case. */
export interface HaltOrder {
  readonly where:
    | { readonly kind: "everywhere" }
    /** Every repository of an organisation, or of an account. */
    | { readonly kind: "organisation"; readonly name: string }
    /** `owner/name`. */
    | { readonly kind: "repository"; readonly name: string }
    /** By the key of the catalogue, an app or a login. */
    | { readonly kind: "agent"; readonly name: string };
  readonly stops: Halt["stops"];
  readonly reason: string;
  /** The name that the operator gave: who holds the token is not known. */
  readonly by: string;
}

export interface ResumeOrder {
  /** Ids of halts. */
  readonly halts: readonly string[];
  readonly reason: string;
  readonly by: string;
}

/** A halt, and where it holds by name: `owner/name`, or the owner alone; null: Sallyport has seen no repository there. */
export interface PlacedHalt extends HaltProgress {
  readonly place: string | null;
}

/** `unknown`: there is nothing of the kind, in a sentence. */
export type Ordered =
  | { readonly kind: "done"; readonly halts: readonly PlacedHalt[] }
  | { readonly kind: "unknown"; readonly sentence: string };

/** What whoever holds the keys of the service may do with it. */
export interface Operator {
  halt(order: HaltOrder): Promise<Ordered>;
  resume(order: ResumeOrder): Promise<Ordered>;
  /** Halts that nobody has lifted, everywhere. */
  halts(): Promise<readonly PlacedHalt[]>;
}

export interface OperatorPorts {
  readonly decisions: Decisions;
  readonly judgements: Judgements;
  readonly places: Places;
  readonly clock: Clock;
  readonly log: Log;
  /** A name that nothing else has. */
  readonly newId: () => string;
  /** There is work. */
  readonly wake: () => void;
}

/** Names are looked up in what Sallyport has seen: a halt must work while GitHub does not. */
export function operator(ports: OperatorPorts): Operator {
  const { decisions, places, clock, log, newId, wake } = ports;

  async function everywhere(): Promise<readonly PlacedHalt[]> {
    const known = await places.list();
    const installations = new Set([...known.map(({ installationId }) => installationId), yetToCome]);
    const all = await Promise.all([...installations].map((installationId) => haltProgress(installationId, ports)));
    return all.flat().map((progress) => ({ ...progress, place: placeOf(progress.halt.scope, known) }));
  }

  return {
    halt: async ({ where, stops, reason, by }) => {
      const scopes = scopesOf(where, await places.list());
      if (scopes.length === 0) return { kind: "unknown", sentence: unknownPlace(where) };
      const atMs = clock.now();
      const recorded = new Set<string>();
      for (const scope of scopes) {
        const id = `operator/${newId()}`;
        recorded.add(id);
        await decisions.record({ kind: "halt", id, by: { kind: "operator", name: by }, atMs, reason, scope, stops });
        log.warn({ halt: id, scope, stops, by }, "an operator has halted");
      }
      wake();
      return { kind: "done", halts: (await everywhere()).filter(({ halt }) => recorded.has(halt.id)) };
    },
    resume: async ({ halts, reason, by }) => {
      const standing = await everywhere();
      const named = standing.filter(({ halt }) => halts.includes(halt.id));
      const missing = halts.find((id) => !named.some(({ halt }) => halt.id === id));
      if (missing !== undefined) return { kind: "unknown", sentence: `No halt ${missing} holds: ask for the status.` };
      for (const { halt } of named) {
        const { installationId } = halt.scope;
        const id = `operator/${newId()}`;
        const decider = { kind: "operator", name: by } as const;
        await decisions.record({
          kind: "resume",
          id,
          by: decider,
          atMs: clock.now(),
          reason,
          installationId,
          halts: [halt.id],
        });
        log.warn({ halt: halt.id, by }, "an operator has lifted a halt");
      }
      wake();
      return { kind: "done", halts: await everywhere() };
    },
    halts: everywhere,
  };
}

function placeOf(scope: HaltScope, known: Awaited<ReturnType<Places["list"]>>): string | null {
  const repositories = known.flatMap(({ installationId, repository }) =>
    installationId === scope.installationId && repository !== null ? [repository] : [],
  );
  if (scope.installationId === yetToCome) return "installations that are yet to come";
  if (scope.kind !== "repository") return repositories[0]?.owner ?? null;
  const named = repositories.find(({ id }) => id === scope.repositoryId);
  return named === undefined ? null : `${named.owner}/${named.name}`;
}

function scopesOf(where: HaltOrder["where"], known: Awaited<ReturnType<Places["list"]>>): readonly HaltScope[] {
  // Wherever the App comes next it takes over what halts everywhere: see `memory`.
  const installations = [...new Set([...known.map(({ installationId }) => installationId), yetToCome])];
  switch (where.kind) {
    case "everywhere":
      return installations.map((installationId) => ({ kind: "installation", installationId }));
    case "agent":
      // As commands have it: a name that marks are not compared with would halt nobody, and look like a halt.
      return installations.map((installationId) => ({ kind: "agent", installationId, agent: agentOf(where.name) }));
    case "organisation": {
      const ids = known.flatMap(({ installationId, repository }) =>
        same(repository?.owner, where.name) ? [installationId] : [],
      );
      return [...new Set(ids)].map((installationId) => ({ kind: "installation", installationId }));
    }
    case "repository":
      return known.flatMap(({ installationId, repository }): readonly HaltScope[] =>
        repository !== null && same(`${repository.owner}/${repository.name}`, where.name)
          ? [{ kind: "repository", installationId, repositoryId: repository.id }]
          : [],
      );
  }
}

function agentOf(name: string): string {
  return agentNamed(name)?.key ?? plainName(name);
}

function same(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}

function unknownPlace(where: HaltOrder["where"]): string {
  const what = where.kind === "organisation" || where.kind === "repository" ? `of ${where.name} ` : "";
  return `Sallyport has seen nothing ${what}yet, so there is nothing to halt: is the GitHub App installed there?`;
}
