import { parentPort } from "node:worker_threads";
import { createSession, type Session, type SessionOptions, type TensorValue } from "./session.ts";

/** What a pool asks of a thread. */
export type Task =
  | { id: number; kind: "load"; session: number; model: Uint8Array; options: SessionOptions }
  | { id: number; kind: "run"; session: number; feeds: Record<string, TensorValue> }
  | { id: number; kind: "release"; session: number };

export interface Answer {
  id: number;
  error?: string;
  description?: Pick<Session, "inputs" | "outputs" | "provider">;
  results?: Record<string, TensorValue>;
}

const sessions = new Map<number, Session>();

async function answer(task: Task): Promise<Omit<Answer, "id">> {
  if (task.kind === "load") {
    const session = await createSession(task.model, task.options);
    sessions.set(task.session, session);
    const { inputs, outputs, provider } = session;
    return { description: { inputs, outputs, provider } };
  }
  const session = sessions.get(task.session);
  if (!session) throw new Error(`session ${task.session} is not loaded`);
  if (task.kind === "run") return { results: await session.run(task.feeds) };
  sessions.delete(task.session);
  await session.release();
  return {};
}

parentPort?.on("message", (task: Task) => {
  answer(task).then(
    (result) => parentPort?.postMessage({ ...result, id: task.id }),
    (error: Error) => parentPort?.postMessage({ error: error.message, id: task.id }),
  );
});
