import { chartObjects } from "../helm/objects.ts";
import type { Compose } from "./composed.ts";
import { composeKustomizations } from "./compose-kustomizations.ts";

/** All that puts objects together. Their order decides nothing but the order of gaps. */
export const composers: readonly Compose[] = [composeKustomizations, chartObjects];
