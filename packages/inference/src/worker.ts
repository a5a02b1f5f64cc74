import { parentPort, workerData } from "node:worker_threads";
import {
  createSession,
  type ModelSource,
  type Session,
  type SessionOptions,
  type TensorValue,
} from "./session.ts";

/** What a pool asks of a thread. */
export type Task =
  | { id: number; kind: "load"; session: number; model: ModelSource; options: SessionOptions }
  | { id: number; kind: "run"; session: number; feeds: Record<string, TensorValue> }
  | { id: number; kind: "release"; session: number }
  | { id: number; kind: "close" };

export interface Answer {
  id: number;
  error?: string;
  description?: Pick<Session, "inputs" | "outputs" | "provider">;
  /** Of loading. */
  warnings?: string[];
  results?: Record<string, TensorValue>;
}

const sessions = new Map<number, Session>();
/** The end of the last task given: one runs at a time, so that those behind it can still be refused. */
let last: Promise<unknown> = Promise.resolve();

/** Its pool sets it to 1: what is not begun by then never is. */
const closing = new Int32Array(workerData.closing as SharedArrayBuffer);

async function answer(task: Task): Promise<Omit<Answer, "id">> {
  if (Atomics.load(closing, 0) === 1 && task.kind !== "close") throw new Error("not begun");
  if (task.kind === "load") {
    const warnings: string[] = [];
    const warn = (message: string) => warnings.push(message);
    const session = await createSession(task.model, { ...task.options, arena: false, warn });
    sessions.set(task.session, session);
    const { inputs, outputs, provider } = session;
    return { description: { inputs, outputs, provider }, warnings };
  }
  if (task.kind === "close") {
    for (const session of sessions.values()) await session.release();
    // At once, whatever still keeps the thread's loop alive.
    process.exit(0);
  }
  const session = sessions.get(task.session);
  if (task.kind === "release") {
    sessions.delete(task.session);
    await session?.release();
    return {};
  }
  if (!session) throw new Error(`session ${task.session} is not loaded`);
  return { results: await session.run(task.feeds) };
}

parentPort?.on("message", (task: Task) => {
  last = last
    .then(() => answer(task))
    .then(
      // Moved: what a run gives is nobody else's.
      (result) => parentPort?.postMessage({ ...result, id: task.id }, buffersOf(result)),
      (error: Error) => parentPort?.postMessage({ error: error.message, id: task.id }),
    );
});

const buffersOf = ({ results = {} }: Pick<Answer, "results">) => [
  ...new Set(Object.values(results).map(({ data }) => data.buffer as ArrayBuffer)),
];
