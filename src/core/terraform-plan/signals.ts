import { withoutKeys } from "../terraform/moves.ts";
import type { JudgedPlan } from "./judged.ts";
import { lineageDigest } from "./memory.ts";
import { standsFor } from "./presence.ts";

/** So many of what the base declares are created anew in a plan of a state that is gone. */
const recreatedShare = 0.8;
/** More of a state than this does not go without a change that says so. */
const shrunkShare = 0.2;

/** Why a plan seems to be made from an empty or an older state, as clauses; empty: nothing says so. */
export function missingState(one: JudgedPlan): readonly string[] {
  const declared = one.declared.managedAtBase ?? [];
  const created = one.rows.filter(({ outcome, change }) => outcome === "create" && change.importing === null);
  const again = created.filter(({ change }) => declared.some((address) => standsFor(address, change.address)));
  const there = one.plan.priorState?.managed.length ?? 0;
  const said: string[] = [];
  if (declared.length > 0 && there === 0 && again.length > 0)
    said.push(`its state is empty, where the base declares ${counted(declared.length)}`);
  else if (
    declared.length > 0 &&
    created.length === one.rows.length &&
    again.length >= declared.length * recreatedShare &&
    again.length > 0
  )
    said.push(
      `it creates ${again.length} of the ${counted(declared.length)} that the base declares, and does nothing else`,
    );
  const last = one.remembered.at(-1);
  if (last !== undefined && there < last.managed * (1 - shrunkShare))
    said.push(`its state holds ${counted(there)}, where ${last.managed} were there when a plan was last accepted`);
  return said;
}

/** Why a plan seems to be made from the state of something else; empty: nothing says so. */
export function foreignState(one: JudgedPlan): readonly string[] {
  const said: string[] = [];
  const held = one.plan.priorState?.managed ?? [];
  const { managedAtBase, isPartial } = one.declared;
  if (managedAtBase !== null && !isPartial && managedAtBase.length > 0 && held.length > 0) {
    const known = held.filter((address) => managedAtBase.some((at) => withoutKeys(at) === withoutKeys(address)));
    if (known.length === 0) said.push(`nothing of the ${counted(held.length)} in its state is declared at the base`);
  }
  for (const state of one.states) {
    const last = one.remembered.findLast(({ lineage }) => lineage !== null);
    const lineage = state.lineage === null ? null : lineageDigest(state.lineage);
    if (last !== undefined && lineage !== null && last.lineage !== lineage)
      said.push("its state has another lineage than the one that was last accepted");
    const serials = one.remembered.filter((before) => before.serial !== null && before.lineage === lineage);
    const serial = serials.at(-1)?.serial ?? null;
    if (state.serial !== null && serial !== null && state.serial < serial)
      said.push(`its state has the serial ${state.serial}, and one with ${serial} was accepted before`);
    const place = one.remembered.findLast(({ backend }) => backend !== null)?.backend ?? null;
    if (state.backend !== null && place !== null && state.backend !== place)
      said.push("its state lies elsewhere than the one that was last accepted");
  }
  return [...new Set(said)];
}

/** Addresses that only the plan or only the head names; null: one of them does not say what it names. */
export function configurationDifference({
  plan,
  declared: { namedAtHead, unreadAtHead },
}: JudgedPlan): { readonly planned: readonly string[]; readonly written: readonly string[] } | null {
  if (plan.configuration === null || namedAtHead === null) return null;
  const isUnread = (address: string): boolean => unreadAtHead.some((call) => address.startsWith(`${call}.`));
  const isListed = (address: string): boolean => !/(?:^|\.)ephemeral\./u.test(address);
  const planned = new Set(plan.configuration.resources.map(({ address }) => address).filter(isListed));
  const written = new Set(namedAtHead.filter(isListed));
  return {
    planned: [...planned].filter((address) => !written.has(address) && !isUnread(address)),
    written: [...written].filter((address) => !planned.has(address)),
  };
}

export function counted(number: number): string {
  return `${number} ${number === 1 ? "resource" : "resources"}`;
}
