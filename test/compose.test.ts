import { readFile } from "node:fs/promises";
import { Environment as ApiEnvironment } from "@hyperface/api";
import { Environment as EmbedEnvironment } from "@hyperface/embed-svc";
import { Environment as GenerateEnvironment } from "@hyperface/generate-svc";
import { Environment as OptimizerEnvironment } from "@hyperface/optimizer-svc";
import { readEnvironment } from "@hyperface/service-kit";
import { expect, test } from "vitest";
import { parse } from "yaml";
import type { z } from "zod";

interface Service {
  image?: string;
  build?: { dockerfile?: string; args?: Record<string, string> };
  environment?: Record<string, string>;
  volumes?: string[];
  depends_on?: string[] | Record<string, unknown>;
}

interface Compose {
  services: Record<string, Service>;
  volumes?: Record<string, unknown>;
}

const ENVIRONMENTS: Record<string, z.ZodObject> = {
  api: ApiEnvironment,
  "embed-svc": EmbedEnvironment,
  "optimizer-svc": OptimizerEnvironment,
  "generate-svc": GenerateEnvironment,
};
/** What is read by others than our schemas: AWS's client. */
const OTHERS = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

const read = async (name: string): Promise<Compose> => {
  const text = await readFile(new URL(`../deploy/${name}`, import.meta.url), "utf8");
  // As compose does, with a value for each variable that must be set.
  return parse(text.replace(/\$\{\w+:\?[^}]*\}/g, "sixteen-letters-"), { merge: true });
};

test.each([
  ["one host", []],
  ["PostgreSQL and an S3 server", ["compose.stores.yaml"]],
  ["a GPU", ["compose.cuda.yaml"]],
  ["all of it", ["compose.stores.yaml", "compose.cuda.yaml"]],
])("compose of %s sets what the services read, and names what there is", async (_, overlays) => {
  const files = await Promise.all(["compose.yaml", ...overlays].map(read));
  const names = new Set(files.flatMap(({ services }) => Object.keys(services)));
  const volumes = new Set(files.flatMap((file) => Object.keys(file.volumes ?? {})));
  for (const name of names) {
    const parts = files.flatMap(({ services }) => services[name] ?? []);
    const environment = Object.assign({}, ...parts.map((part) => part.environment ?? {}));
    const schema = ENVIRONMENTS[name];
    if (schema) {
      readEnvironment(schema, environment);
      const known = [...Object.keys(schema.shape), ...OTHERS];
      expect(known, name).toEqual(expect.arrayContaining(Object.keys(environment)));
      const args = Object.assign({}, ...parts.map(({ build }) => build?.args ?? {}));
      expect(args.SERVICE, name).toBe(name);
    } else expect(parts[0]?.image, name).toMatch(/^[\w/-]+:[\w.-]+$/);
    for (const part of parts) {
      const needs = part.depends_on ?? [];
      const needed = Array.isArray(needs) ? needs : Object.keys(needs);
      expect([...names]).toEqual(expect.arrayContaining(needed));
      for (const volume of part.volumes ?? []) {
        expect(volumes, name).toContain(volume.split(":")[0]);
      }
    }
  }
});
