import { HyperFaceError } from "@hyperface/contracts";

/** The model of a name among those that a service has. @throws HyperFaceError `unknown-model` */
export async function findModel<M extends { name: string }>(
  kind: "embedder" | "generator",
  name: string,
  listModels: () => Promise<M[]>,
): Promise<M> {
  const all = await listModels();
  const found = all.find((model) => model.name === name);
  if (found) return found;
  const names = all.map((model) => model.name).join(", ");
  throw new HyperFaceError("unknown-model", `there is no ${kind} ${name}: use ${names}`);
}
