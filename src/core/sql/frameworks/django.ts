import { always, type KnownFramework } from "./framework.ts";
export const django: KnownFramework = { name: "Django", claims: () => false, recognises: always, late: "unordered", step: () => null, applied: () => ({ kind: "text" }), read: () => { throw new Error("x"); } };
