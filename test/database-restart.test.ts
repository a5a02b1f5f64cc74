import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPostgres, type Postgres, startPostgres } from "./postgres.ts";
import { type System, startOne, temporaryHome } from "./servers.ts";

describe.skipIf(!hasPostgres)("a gateway on PostgreSQL", () => {
  let postgres: Postgres;
  let system: System;
  let place: Awaited<ReturnType<typeof temporaryHome>>;
  beforeAll(async () => {
    postgres = await startPostgres();
    place = await temporaryHome();
    system = await startOne(place.home, { DATABASE_URL: postgres.url, LOG_LEVEL: "silent" });
  });
  afterAll(async () => {
    await system?.stop();
    await postgres?.remove();
    await place?.remove();
  });

  test.each(["fast", "immediate"] as const)(
    "lives on when the database is restarted (%s)",
    async (mode) => {
      const { galleries } = system.hyperface;
      const embeddings = [1, 2].map((k) =>
        Array.from({ length: 512 }, (_, i) => Math.sin(k * i + k)),
      );
      const { id } = await galleries.create({ source: "upload", embeddings });
      await postgres.stop(mode);
      for (const path of ["/v1/galleries", `/v1/galleries/${id}`, "/v1/jobs"]) {
        const answer = await fetch(system.url + path);
        expect(answer.status).toBe(503);
        expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
        expect(await answer.json()).toMatchObject({
          type: "urn:hyperface:problem:service-unavailable",
        });
      }
      expect((await fetch(`${system.url}/health/live`)).status).toBe(200);
      await postgres.start();
      expect((await galleries.get(id)).status).toBe("ready");
      const packing = await system.hyperface.packings.create(
        { near: id, count: 2, iterations: 3 },
        { waitSeconds: 30 },
      );
      expect(packing.status).toBe("ready");
    },
  );
});
