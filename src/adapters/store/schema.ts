import type { Generated } from "kysely";

/** The turn of whatever has no reason to be looked at before what was due earlier. Both databases and JavaScript hold it exactly. */
export const lastTurn = 9_007_199_254_740_991;

/** The tables. Moments are milliseconds since the epoch: `due_ms` by the clock port, `lease_until_ms` and `until_ms` by the database. */
export interface Tables {
  deliveries: {
    id: string;
    event: string;
    /** Of the latest delivery under this id. */
    received_ms: number;
    times: Generated<number>;
  };
  subjects: {
    id: string;
    kind: string;
    /** The subject as JSON; the newest mark wins, since repositories are renamed. */
    subject: string;
    /** Grows by one with every mark: what a look must have answered before the subject may rest. */
    wanted: number;
    /** Null: at rest until it is marked. */
    due_ms: number | null;
    /** Of what is due, a lower turn is claimed first: greens that a halt takes back, then what people ask for that cannot wait. */
    turn: Generated<number>;
    /** Grows by one with every claim. */
    lease: Generated<number>;
    /** Null: nobody is looking. */
    lease_until_ms: Generated<number | null>;
    attempts: Generated<number>;
  };
  judgements: {
    repository_id: number;
    head_sha: string;
    check_name: string;
    subject_id: string;
    subject: string;
    /** Null: it could not be evaluated. */
    verdict: string | null;
    mode: string;
    /** As JSON; null: not known. */
    wrote: string | null;
    /** Null in rows that were written before there was this column. */
    installation_id: number | null;
    /** 0 or 1. */
    armed: Generated<number>;
    lease: number;
  };
  entries: {
    id: Generated<number>;
    subject_id: string;
    lease: number;
    at_ms: number;
    kind: string;
    body: string;
  };
  /** Where the entries of a topic are; written with them. */
  topics: {
    /** `publication/<subject id>`, ... */
    topic: string;
    entry_id: number;
  };
  decisions: {
    id: string;
    kind: string;
    /** Of a pull request; null where the decision is about more than one. */
    subject_id: string | null;
    /** Of a halt or a resumption. */
    installation_id: number | null;
    at_ms: number;
    body: string;
  };
  /** Pull requests of agents, as budgets count them. */
  bookings: {
    subject_id: string;
    subject: string;
    installation_id: number;
    /** Lists of names as JSON. */
    agents: string;
    services: string;
    /** 0 or 1, as `holds`. */
    reaches_unknown: number;
    /** What is added up, as JSON. Null in rows that were written before there was this column. */
    takes: string | null;
    opened_ms: number;
    ready_ms: number | null;
    holds: number;
    merged_ms: number | null;
    lease: number;
  };
  /** What agents did that circuit breakers count, each once and for good. */
  strikes: { id: string; installation_id: number; agent: string; breaker: string; at_ms: number };
  /** How often GitHub was told that a deployment waits. */
  status_reports: { subject_id: string; taken: number };
  /** Tokens that were taken, by issuer and id, until they would have ended. */
  spent_tokens: { id: string; until_ms: number };
  /** Requests to `/signals` that were taken lately, so that none is taken twice. */
  signal_requests: { id: string; at_ms: number };
  /** What monitoring has said of a repository's environments. */
  signals: { id: string; repository_id: number; at_ms: number; body: string };
  /** What workflows sent for a commit. `about` says what, by whom and in which form, `body` holds what was read of it; both as JSON. */
  evidence: {
    id: string;
    repository_id: number;
    head_sha: string;
    received_ms: number;
    /** Of the body. */
    bytes: number;
    about: string;
    body: string;
  };
  locks: { key: string; holder: string; until_ms: number };
  blobs: { sha: string; bytes: Uint8Array; size: number; stored_ms: number };
}
