/** Planar RGB in [0, 1], [3, side, side], to interleaved bytes. */
export function toPixels(planes: Float32Array, side: number): Uint8Array {
  const area = side * side;
  const bytes = new Uint8Array(3 * area);
  for (let channel = 0; channel < 3; channel++) {
    for (let p = 0; p < area; p++) {
      const value = planes[channel * area + p] as number;
      bytes[3 * p + channel] = Math.round(255 * Math.min(1, Math.max(0, value)));
    }
  }
  return bytes;
}
