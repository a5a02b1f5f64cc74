import { readFile } from "node:fs/promises";
import SwaggerParser from "@apidevtools/swagger-parser";
import { expect, test } from "vitest";

type Json = Record<string, unknown>;
interface Operation extends Json {
  summary: string;
  description: string;
  parameters?: { in: string; name: string; required?: boolean }[];
  responses: Record<string, { description: string; headers?: Json }>;
}

const read = async () =>
  JSON.parse(await readFile(new URL("./openapi.json", import.meta.url), "utf8"));
const document = await read();
const operations = Object.entries(
  document.paths as Record<string, Record<string, Operation>>,
).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
);

test("the document is valid OpenAPI 3.1", async () => {
  await SwaggerParser.validate(await read());
});

test.each(operations)("$method $path says what it is, takes and answers", ({ path, operation }) => {
  expect(operation.description.length).toBeGreaterThan(operation.summary.length / 4);
  const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
  expect(inPath.map(({ name }) => name)).toEqual(
    [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
  );
  expect(inPath.every(({ required }) => required === true)).toBe(true);
  expect(operation.responses.default).toBeDefined();
  for (const response of Object.values(operation.responses)) {
    expect(response.headers).toHaveProperty("x-request-id");
  }
});

test("what may be null beside a name is said by both, and the name stays what it is", () => {
  const { Packing, PackingMetrics, Job, Gallery } = document.components.schemas;
  const orNull = (name: string) => [{ $ref: `#/components/schemas/${name}` }, { type: "null" }];
  expect(Packing.properties.metrics.anyOf).toEqual(orNull("PackingMetrics"));
  expect(PackingMetrics.allOf[1].type).toBe("object");
  expect(Job.properties.error.anyOf).toEqual(orNull("JobError"));
  expect(Gallery.properties.generator.anyOf).toEqual(orNull("ModelReference"));
  expect(JSON.stringify(document)).not.toMatch(/"allOf":\[\{"\$ref":"[^"]+"\},\{"description"/);
});

test("enumerations tell all their values, and tuples their length", () => {
  const { turn, landmarks } = document.components.schemas.Face.properties.detection.properties;
  expect(turn.enum).toEqual([0, 90, 180, 270]);
  const pair = { type: "array", items: { type: "number" }, minItems: 2, maxItems: 2 };
  expect(landmarks.items).toEqual(pair);
  expect(JSON.stringify(document)).not.toContain('"prefixItems"');
});
