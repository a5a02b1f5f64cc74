import { access, readFile } from "node:fs/promises";
import { readPublicKey, whyNotSigned } from "@hyperface/signed-reports";
import type { Command } from "commander";
import { UsageError } from "../usage.ts";

/** Exit code where a report is not what was signed. */
const DIFFERENT = 3;

export function addVerifyReport(program: Command): void {
  program
    .command("verify-report")
    .description("check a report's signature, without a server")
    .argument("<file>", "the report")
    .requiredOption("--key <key>", "the signer's public key: a PEM file, or base64")
    .action(async (file: string, { key }: { key: string }, command: Command) => {
      const publicKey = await readKey(key);
      const why = whyNotSigned(await readReport(file), publicKey);
      const { json } = command.optsWithGlobals<{ json?: boolean }>();
      const said = why ? `${file}: ${why}` : `${file} is as the holder of the key signed it`;
      console.log(json ? JSON.stringify({ file, signed: why === null, why }) : said);
      if (why) process.exitCode = DIFFERENT;
    });
}

async function readKey(key: string) {
  const isFile = await access(key).then(
    () => true,
    () => false,
  );
  try {
    return readPublicKey(isFile ? await readFile(key, "utf8") : key);
  } catch (error) {
    throw new UsageError(`--key ${key} is no Ed25519 public key: ${(error as Error).message}`);
  }
}

async function readReport(file: string): Promise<object> {
  const text = await readFile(file, "utf8");
  try {
    const report: unknown = JSON.parse(text);
    if (typeof report === "object" && report !== null) return report;
  } catch {
    // Said below.
  }
  throw new Error(`${file} is no JSON object`);
}
