import { createHash } from "node:crypto";

const SHARE = 0.05;

/** Whether a portrait is kept from training, by its file's name alone: training/held_out.py has the same rule. */
export function isHeldOut(name: string): boolean {
  return createHash("sha256").update(name).digest().readUInt32BE(0) < SHARE * 2 ** 32;
}
