import { afterAll } from "vitest";
import { endLeftovers } from "./leftovers.ts";

// Run for each file, after that file's own: also where a beforeAll failed half way.
afterAll(endLeftovers);
