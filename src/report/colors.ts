import picocolors from "picocolors";

export type Colors = ReturnType<typeof picocolors.createColors>;

/** Colours on a terminal only, and never under `NO_COLOR`. */
export function colorsFor(terminal: boolean): Colors {
  return picocolors.createColors(terminal && picocolors.isColorSupported);
}
