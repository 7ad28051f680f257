import { setFlagsFromString } from "node:v8";

/**
 * Tells V8 to favour memory over speed. A stream of pages lets the young generation grow to 48 MB and fills
 * the old one with dead pages, which a run has no use for. Measured on 48,000 messages under a heap limit of
 * 96 MB: peak memory 130 MB instead of about 175, for a run that takes about a tenth longer.
 *
 * V8 reads both flags each time it considers growing, so the call has to come before anything else is loaded.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--optimize-for-size");
}
