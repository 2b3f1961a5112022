import { always, type KnownFramework } from "./framework.ts";
export const alembic: KnownFramework = { name: "Alembic", claims: () => false, recognises: always, late: "unordered", step: () => null, applied: () => ({ kind: "text" }), read: () => { throw new Error("x"); } };
