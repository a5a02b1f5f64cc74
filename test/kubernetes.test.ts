import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { afterAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import type { z } from "zod";
import { openDatabase } from "../apps/api/src/db/database.ts";
import { Environment as ApiEnvironment } from "../apps/api/src/env.ts";
import { Environment as EmbedEnvironment } from "../apps/embed-svc/src/env.ts";
import { Environment as GenerateEnvironment } from "../apps/generate-svc/src/env.ts";
import { Environment as OptimizerEnvironment } from "../apps/optimizer-svc/src/env.ts";
import { temporaryHome } from "./servers.ts";

/** deploy/k8s, built as `kubectl apply -k` would, without a cluster. Skipped where no kustomize is installed. */
const root = fileURLToPath(new URL("../", import.meta.url));
const BUILDERS = [
  ["kubectl", "kustomize"],
  ["kustomize", "build"],
] as const;
const builder = BUILDERS.find(
  ([command]) => spawnSync(command, ["version", "--client"]).error === undefined,
);

// biome-ignore lint/suspicious/noExplicitAny: objects of two dozen kinds, which their schemas check.
type Manifest = any;
const build = (overlay: string): Manifest[] => {
  const [command, verb] = builder as (typeof BUILDERS)[number];
  const { stdout, stderr, status } = spawnSync(command, [verb, `deploy/k8s/overlays/${overlay}`], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout).map((document) => document.toJS());
};

/** The class that validates an object, of Kubernetes's, Knative's or KEDA's own schemas. */
const require = createRequire(import.meta.url);
function modelOf({ apiVersion, kind }: Manifest) {
  const packages = ["kubernetes-models", "@kubernetes-models/knative", "@kubernetes-models/keda"];
  for (const name of packages) {
    try {
      return require(`${name}/${apiVersion}/${kind}`)[kind];
    } catch {}
  }
  throw new Error(`no schema is known of ${apiVersion} ${kind}`);
}

const ENVIRONMENTS: Record<string, z.ZodObject> = {
  api: ApiEnvironment,
  "embed-svc": EmbedEnvironment,
  "optimizer-svc": OptimizerEnvironment,
  "generate-svc": GenerateEnvironment,
};
const podOf = (object: Manifest) => object.spec?.template?.spec;

describe.skipIf(!builder).each(["cpu", "cuda"])("overlay %s", (overlay) => {
  const objects = builder ? build(overlay) : [];
  const pods = objects.filter(podOf);
  const named = (kind: string, group = "") =>
    objects
      .filter((object) => object.kind === kind && object.apiVersion.startsWith(group))
      .map((object) => object.metadata.name);

  test("every object is valid by its schema", () => {
    expect(objects.length).toBeGreaterThan(12);
    for (const object of objects) new (modelOf(object))(object).validate();
  });

  test("pods run what there is, as nobody, on a file system that they cannot write", () => {
    expect(pods).toHaveLength(5);
    for (const pod of pods) {
      const [container, ...others] = podOf(pod).containers;
      expect(others).toEqual([]);
      const service = container.image.match(/^hyperface\/([\w-]+):/)[1];
      expect(existsSync(`${root}apps/${service}/src/server.ts`)).toBe(true);
      const security = { ...podOf(pod).securityContext, ...container.securityContext };
      expect(security).toMatchObject({ runAsNonRoot: true, readOnlyRootFilesystem: true });
      const known = Object.keys((ENVIRONMENTS[service] as z.ZodObject).shape);
      for (const { name } of container.env ?? []) expect([...known, "DEVICE"]).toContain(name);
    }
  });

  test("what refers to an object finds it", () => {
    const [map] = objects.filter(({ kind }) => kind === "ConfigMap");
    const maps = pods.flatMap((pod) =>
      (podOf(pod).containers[0].envFrom ?? []).flatMap(
        (from: Manifest) => from.configMapRef?.name ?? [],
      ),
    );
    expect(new Set(maps)).toEqual(new Set([map.metadata.name]));
    for (const [name, url] of Object.entries<string>(map.data)) {
      expect(Object.keys(ApiEnvironment.shape)).toContain(name);
      expect(named("Service", "serving.knative.dev")).toContain(
        new URL(url).hostname.split(".")[0],
      );
    }
    for (const { spec } of objects.filter(({ kind }) => kind === "ScaledObject")) {
      expect(named("Deployment")).toContain(spec.scaleTargetRef.name);
      for (const { authenticationRef } of spec.triggers) {
        expect(named("TriggerAuthentication")).toContain(authenticationRef.name);
      }
    }
    const labels = pods.map((pod) => pod.spec.template.metadata.labels);
    const selectors = objects.flatMap(({ kind, spec }) => {
      if (kind === "Service") return spec.selector ?? [];
      if (kind === "NetworkPolicy") return spec.podSelector.matchLabels ?? [];
      return spec?.selector?.matchLabels ?? [];
    });
    expect(selectors.length).toBeGreaterThan(4);
    for (const selector of selectors)
      expect(labels).toContainEqual(expect.objectContaining(selector));
  });
});

test.skipIf(!builder)("every pod reaches a collector of traces, by OTLP's port", () => {
  const [policy] = build("cpu").filter(({ metadata }) => metadata.name === "traces");
  expect(policy.spec).toMatchObject({ podSelector: {}, policyTypes: ["Egress"] });
  expect(policy.spec.egress.map(({ ports }: Manifest) => ports)).toEqual([[{ port: 4318 }]]);
});

test.skipIf(!builder)(
  "only the overlay for GPUs asks for them, and for both model services",
  () => {
    const asking = (overlay: string) =>
      build(overlay)
        .filter((object) => podOf(object)?.containers[0].resources.limits["nvidia.com/gpu"] === "1")
        .map((object) => object.metadata.name)
        .sort();
    expect(asking("cpu")).toEqual([]);
    expect(asking("cuda")).toEqual(["embed-svc", "generate-svc"]);
  },
);

describe.skipIf(!builder)("the query that workers are scaled by", async () => {
  const { home, remove } = await temporaryHome();
  afterAll(remove);

  test("counts the jobs that are not finished, on the database's own tables", async () => {
    const [scaled] = build("cpu").filter(({ kind }) => kind === "ScaledObject");
    const { db, close } = await openDatabase({ home, onError: () => {} });
    await db.execute(
      sql`insert into jobs (id, kind, resource_id, status, total) values ('a', 'packing', 'p', 'queued', 1)`,
    );
    const { rows } = (await db.execute(sql.raw(scaled.spec.triggers[0].metadata.query))) as {
      rows: { count: unknown }[];
    };
    await close();
    expect(Number(rows[0]?.count)).toBe(1);
  });
});
