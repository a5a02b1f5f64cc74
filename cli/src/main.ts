import { HyperFaceApiError, JobFailedError } from "@hyperface/sdk";
import { Command, CommanderError } from "commander";
import { addCertify } from "./commands/certify.ts";
import { addDataset } from "./commands/dataset.ts";
import { addEmbed } from "./commands/embed.ts";
import { addGallery } from "./commands/gallery.ts";
import { addLeakage } from "./commands/leakage.ts";
import { addPack } from "./commands/pack.ts";
import { addSample } from "./commands/sample.ts";
import { addSweep } from "./commands/sweep.ts";
import { addVerify } from "./commands/verify.ts";
import { addVerifyReport } from "./commands/verify-report.ts";
import { UsageError } from "./usage.ts";

/** How a command ended. */
export const EXIT = { done: 0, failed: 1, usage: 2, different: 3 } as const;

/** Runs a command line. @returns the process's exit code, of {@link EXIT} */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command("hyperface")
    .description("Face datasets of nobody: galleries, packings, images and datasets.")
    .option(
      "--url <url>",
      "a running server; one is started where this is not given",
      process.env.HYPERFACE_URL,
    )
    .option(
      "--home <dir>",
      "where the started server keeps what it makes",
      process.env.HYPERFACE_HOME,
    )
    .option("--json", "one JSON object on standard output")
    .exitOverride();
  for (const add of [
    ...[addEmbed, addGallery, addPack, addSample, addDataset, addCertify, addVerify],
    ...[addLeakage, addVerifyReport, addSweep],
  ]) {
    add(program);
  }
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync(argv);
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (error instanceof UsageError) {
      console.error(`hyperface: ${error.message}`);
      return EXIT.usage;
    }
    console.error(`hyperface: ${reasonOf(error)}`);
    return EXIT.failed;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof HyperFaceApiError || error instanceof JobFailedError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}
