import { memoiseLoads } from "@hyperface/contracts";
import * as tf from "@tensorflow/tfjs";

/** Packages that bring a backend, and its name: the first that loads and computes is taken. */
const CANDIDATES = [
  { name: "@tensorflow/tfjs-node-gpu", backend: "tensorflow" },
  { name: "@tensorflow/tfjs-node", backend: "tensorflow" },
  { name: "@tensorflow/tfjs-backend-wasm", backend: "wasm" },
];

/** The package whose backend computes. @throws Error where none of them loads */
export const chooseBackend = memoiseLoads(async () => {
  const failures: string[] = [];
  for (const { name, backend } of CANDIDATES) {
    try {
      // The first two are optional: they cannot install everywhere.
      await import(name);
      if (!(await tf.setBackend(backend))) throw new Error(`no backend ${backend}`);
      const [sum] = tf.tidy(() => tf.sum(tf.tensor1d([1, 2])).dataSync());
      if (sum === 3) return name;
      failures.push(`${name}: 1 + 2 was ${sum}`);
    } catch (error) {
      failures.push(`${name}: ${(error as Error).message.split("\n")[0]}`);
    }
  }
  throw new Error(`no TensorFlow.js backend can be used: ${failures.join("; ")}`);
});
