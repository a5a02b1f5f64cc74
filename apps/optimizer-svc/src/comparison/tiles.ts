import { COMPARISON_BLOCK as BLOCK } from "@hyperface/contracts";

/** What a step looks at: the reference set with itself, or the set with the reference set. */
export interface Tile {
  kind: "impostors" | "pairs";
  /** First row of either block. */
  i: number;
  j: number;
}

/** The tile of a step, counted from 0 on: first those of impostors on and above the diagonal. */
export function tileOf(step: number, referenceCount: number): Tile {
  const blocks = Math.ceil(referenceCount / BLOCK);
  const impostors = (blocks * (blocks + 1)) / 2;
  if (step >= impostors) {
    const at = step - impostors;
    return { kind: "pairs", i: Math.floor(at / blocks) * BLOCK, j: (at % blocks) * BLOCK };
  }
  let row = 0;
  let rest = step;
  while (rest >= blocks - row) {
    rest -= blocks - row;
    row += 1;
  }
  return { kind: "impostors", i: row * BLOCK, j: (row + rest) * BLOCK };
}
