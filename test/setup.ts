import { configureGlobal } from "fast-check";

/** One seed for every run, so that a red test is red again; `FUZZ_SEED` takes another one (a number), to look elsewhere. */
configureGlobal({ seed: Number(process.env["FUZZ_SEED"] ?? 20_261_120) });
