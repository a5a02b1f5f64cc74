import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * A rival's script of this folder, and the JSON of its last line. PYTHON names an interpreter with PyTorch;
 * null without one.
 */
export function runPython<T>(script: string, options: Record<string, number>): T | null {
  const { PYTHON } = process.env;
  if (!PYTHON) return null;
  const path = fileURLToPath(new URL(script, import.meta.url));
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const lines = execFileSync(PYTHON, [path, ...flags], { encoding: "utf8" })
    .trim()
    .split("\n");
  return JSON.parse(lines.at(-1) as string);
}
