import type { Pixels } from "@hyperface/embed-svc/pixels";
import { luminance } from "../luminance.ts";

/** Share of the Nyquist frequency from which a pattern counts as a pixel grid. */
const FROM = 7 / 8;

/**
 * Power of rows and columns near the Nyquist frequency, where a sub-pixel layer leaves its grid: mean
 * squared magnitude of the discrete Fourier transform (Hann window) of luminance in 0 to 255.
 * @param image a square of even side
 * @returns decibels; of use as a difference between images of one side
 */
export function gridDecibels(image: Pixels): number {
  const { width: side } = image;
  const light = luminance(image);
  const window = Float64Array.from(light.slice(0, side), (_, k) => 0.5 - 0.5 * cosine(k, side));
  let sum = 0;
  let count = 0;
  for (let frequency = Math.ceil((FROM * side) / 2); frequency <= side / 2; frequency++) {
    const re = window.map((value, k) => value * cosine(k * frequency, side));
    const im = window.map((value, k) => value * Math.sin((2 * Math.PI * k * frequency) / side));
    for (let line = 0; line < side; line++) {
      sum += power(light, re, im, line * side, 1) + power(light, re, im, line, side);
      count += 2;
    }
  }
  return 10 * Math.log10(sum / count);
}

function power(
  light: Float64Array,
  re: Float64Array,
  im: Float64Array,
  start: number,
  step: number,
): number {
  let real = 0;
  let imaginary = 0;
  for (let k = 0; k < re.length; k++) {
    const value = light[start + k * step] as number;
    real += value * (re[k] as number);
    imaginary += value * (im[k] as number);
  }
  return real * real + imaginary * imaginary;
}

const cosine = (turns: number, side: number) => Math.cos((2 * Math.PI * turns) / side);
