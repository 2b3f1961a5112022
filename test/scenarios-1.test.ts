import { playShare } from "./played-scenarios.ts";

playShare(1);
