import { InferenceSession, Tensor } from "onnxruntime-node";

export type TensorValues = Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;

/** Row-major values of a graph's input or output. */
export interface TensorValue {
  data: TensorValues;
  dims: readonly number[];
}

/** A tensor of float32. */
export interface Floats extends TensorValue {
  data: Float32Array;
}

/** A graph's output of float32. @throws Error where the graph gives none of that name */
export function floatsOf(outputs: Record<string, TensorValue>, name: string): Floats {
  const { data, dims = [] } = outputs[name] ?? {};
  if (data instanceof Float32Array) return { data, dims };
  throw new Error(`the graph has no output ${name} of float32: it has ${Object.keys(outputs)}`);
}

/** A loaded graph. */
export interface Session {
  inputs: readonly string[];
  outputs: readonly string[];
  /** The execution provider it runs on. */
  provider: string;
  /** @throws Error naming the inputs where they are not the graph's */
  run(feeds: Record<string, TensorValue>): Promise<Record<string, TensorValue>>;
  release(): Promise<void>;
}

export interface SessionOptions {
  /** Tried in order; one that is missing is logged and passed over. */
  providers?: readonly string[] | undefined;
  /** Threads within an operator; the runtime's own choice where undefined. */
  intraOpNumThreads?: number | undefined;
  /** Whether memory of the CPU is kept for the next run: what large tensors gain by, and small ones do not. */
  arena?: boolean;
  warn?: (message: string) => void;
}

/** An ONNX file's bytes, or its path: one with weights in a file beside it can only be loaded from there. */
export type ModelSource = Uint8Array | string;

/**
 * Loads an ONNX model.
 * @throws Error of the last provider where none can load it
 */
export async function createSession(
  model: ModelSource,
  options: SessionOptions = {},
): Promise<Session> {
  const { providers = ["cpu"], intraOpNumThreads, arena = true, warn = console.warn } = options;
  let failure: unknown = new Error("there is no execution provider to load a model with");
  for (const provider of providers) {
    try {
      // The runtime declares a path and bytes apart, and takes either.
      const session = await InferenceSession.create(model as string, {
        executionProviders: [provider],
        graphOptimizationLevel: "all",
        enableCpuMemArena: arena,
        logSeverityLevel: 3,
        // Idle threads of one session would spin on the cores that another's work needs.
        extra: { session: { intra_op: { allow_spinning: "0" } } },
        ...(intraOpNumThreads === undefined ? {} : { intraOpNumThreads }),
      });
      return wrap(session, provider);
    } catch (error) {
      failure = error;
      warn(`execution provider ${provider} cannot be used: ${(error as Error).message}`);
    }
  }
  throw failure;
}

/** A model on the runtime's own settings, all cores: what others are compared with. */
export const createPlainSession = async (model: Uint8Array): Promise<Session> =>
  wrap(await InferenceSession.create(model), "cpu");

const wrap = (session: InferenceSession, provider: string): Session => ({
  inputs: session.inputNames,
  outputs: session.outputNames,
  provider,
  async run(feeds) {
    const given = Object.keys(feeds).sort().join(", ");
    const expected = [...session.inputNames].sort().join(", ");
    if (given !== expected) throw new Error(`the graph takes ${expected}; it was given ${given}`);
    const tensors = Object.fromEntries(
      Object.entries(feeds).map(([name, { data, dims }]) => [name, new Tensor(data, [...dims])]),
    );
    const results = await session.run(tensors);
    return Object.fromEntries(
      Object.entries(results).map(([name, tensor]) => [
        name,
        { data: tensor.data as TensorValues, dims: tensor.dims },
      ]),
    );
  },
  release: () => session.release(),
});
