// `hostaway-sync backfill`, for those who look for it here: npx tsx scripts/backfill.ts --from 2026-01-01
import { argv } from "node:process";

argv.splice(2, 0, "backfill");
await import("../src/cli.ts");
