import { HyperFaceError, type LoadedGenerator } from "@hyperface/contracts";
import type { Dependencies } from "../../dependencies.ts";
import type { ReadySet } from "../sets/find.ts";

/** A generator that follows the packing's embedder. @throws HyperFaceError `unknown-model`, `model-mismatch` */
export async function findGenerator(
  { generate }: Pick<Dependencies, "generate">,
  name: string,
  { id, model }: Pick<ReadySet, "id" | "model">,
): Promise<LoadedGenerator> {
  const generator = await generate.describe(name);
  if (generator.embedder.sha256 === model.sha256) return generator;
  throw new HyperFaceError(
    "model-mismatch",
    `generator ${name} follows identities of ${generator.embedder.name}, packing ${id} is of ${model.name}`,
  );
}
