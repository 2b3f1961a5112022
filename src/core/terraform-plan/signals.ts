import { withoutKeys } from "../terraform/addresses.ts";
import { listed } from "../terraform/telling.ts";
import type { JudgedPlan } from "./judged.ts";
import { lineageDigest } from "./memory.ts";
import { standsFor } from "./presence.ts";

/** So many of what the base declares are created anew in a plan of a state that is gone. */
const recreatedShare = 0.8;
/** More of a state than this does not go without a change that says so. */
const shrunkShare = 0.2;

/** Why a plan seems to be made from an empty or an older state, as clauses; empty: nothing says so. */
export function missingState(one: JudgedPlan): readonly string[] {
  const { managedAtBase, unreadAtBase } = one.declared;
  const declared = managedAtBase ?? [];
  const created = one.rows.filter(({ outcome, change }) => outcome === "create" && change.importing === null);
  const again = created.filter(({ change }) => declared.some((address) => standsFor(address, change.address)));
  const inModules = created.filter(({ change }) => unreadAtBase.some((call) => isWithin(change.address, call)));
  const there = Math.min(...one.sources.map(({ plan }) => plan.priorState?.managed.length ?? 0));
  const said: string[] = [];
  if (there === 0 && again.length > 0)
    said.push(`its state is empty, where the base declares ${counted(declared.length)}`);
  else if (there === 0 && inModules.length > 0)
    said.push(`its state is empty, where the base calls ${listed(unreadAtBase)} already`);
  else if (created.length === one.rows.length && again.length > 0 && again.length >= declared.length * recreatedShare)
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
  const { managedAtBase, unreadAtBase, unreadAtHead } = one.declared;
  const isPartial = unreadAtBase.length + unreadAtHead.length > 0;
  const names = new Set((managedAtBase ?? []).map(withoutKeys));
  for (const { plan } of one.sources) {
    const held = plan.priorState?.managed ?? [];
    if (names.size > 0 && !isPartial && held.length > 0 && !held.some((address) => names.has(withoutKeys(address))))
      said.push(`nothing of the ${counted(held.length)} in its state is declared at the base`);
  }
  for (const { state } of one.sources) {
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

/** Addresses that only a plan or only the head names; null: one of the plans, or the head, does not say what it names. */
export function configurationDifference({
  sources,
  declared: { namedAtHead, unreadAtHead },
}: JudgedPlan): { readonly planned: readonly string[]; readonly written: readonly string[] } | null {
  if (namedAtHead === null) return null;
  const written = new Set(namedAtHead.filter(isListed));
  const difference = { planned: new Set<string>(), written: new Set<string>() };
  for (const { plan } of sources) {
    if (plan.configuration === null) return null;
    const planned = new Set(plan.configuration.resources.map(({ address }) => address).filter(isListed));
    for (const address of planned)
      if (!written.has(address) && !unreadAtHead.some((call) => isWithin(address, call)))
        difference.planned.add(address);
    for (const address of written) if (!planned.has(address)) difference.written.add(address);
  }
  return { planned: [...difference.planned], written: [...difference.written] };
}

/** What exists only while Terraform runs: plans of older versions do not name it. */
function isListed(address: string): boolean {
  return !/(?:^|\.)ephemeral\./u.test(address);
}

function isWithin(address: string, call: string): boolean {
  return withoutKeys(address).startsWith(`${call}.`);
}

export function counted(number: number): string {
  return `${number} ${number === 1 ? "resource" : "resources"}`;
}
