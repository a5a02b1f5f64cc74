#!/usr/bin/env -S node --max-semi-space-size=4
import { register } from "tsx/esm/api";

register();
const { main } = await import("../src/main.ts");
process.exitCode = await main(process.argv);
