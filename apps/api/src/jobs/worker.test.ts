import { type ErrorCode, problemType } from "@hyperface/contracts";
import { expect, test } from "vitest";
import { jobs } from "../db/schema.ts";
import { keepLog, useDependencies } from "../test-dependencies.ts";
import { newPackingJob, takeDue } from "../test-jobs.ts";
import { advanceJob } from "./worker.ts";

let answer: () => Response;
const gateway = useDependencies({ optimizer: () => answer() });

const problem = (status: number, code: ErrorCode) => () =>
  Response.json({ type: problemType(code), status, detail: "so it is" }, { status });

test.each<[string, () => Response, object, boolean]>([
  ["its own request", problem(422, "packing-diverged"), { level: 30, outcome: "failed" }, false],
  ["a damaged object", problem(500, "damaged-object"), { level: 50, outcome: "failed" }, false],
  ["a missing object", problem(500, "missing-object"), { level: 50, outcome: "failed" }, false],
  ["a full store", problem(507, "storage-full"), { level: 40, outcome: "waits" }, false],
  ["load that is shed", problem(503, "overloaded"), { level: 40, outcome: "waits" }, false],
  ["a fault of ours", problem(400, "invalid-request"), { level: 50, outcome: "tries again" }, true],
])(
  "a slice that fails by %s is one line, with a stack for developers alone",
  async (_, said, line, stack) => {
    answer = said;
    const { lines, logger } = keepLog();
    const deps = { ...gateway.deps, logger };
    const { id: jobId } = await newPackingJob(deps);
    const job = await takeDue(deps, "me");
    await advanceJob(deps, job, new AbortController().signal);
    const failed = lines.filter(({ msg }) => msg === "slice failed");
    expect(failed).toMatchObject([{ ...line, jobId, requestId: expect.stringContaining(jobId) }]);
    expect(JSON.stringify(failed).includes('"stack"')).toBe(stack);
    await deps.db.update(jobs).set({ status: "cancelled" });
  },
);
