import type { SetCertificate } from "@hyperface/contracts";
import type { Spec } from "@hyperface/plots";

const WIDTH = 560;
const HEIGHT = 300;

/** Nearest-neighbour cosines as a histogram, with the best bound as a line. */
export function certificatePlot({ histogram, bounds, ...certificate }: SetCertificate): Spec {
  const { edges, counts } = histogram;
  const bound = Math.max(bounds.rankin, bounds.levenshtein ?? bounds.rankin);
  const bars = counts.map((count, k) => ({ from: edges[k], to: edges[k + 1], count }));
  const { count, dimension, maxCosine } = certificate;
  const rule = (x: number, colour: string) => ({
    type: "rule",
    encode: {
      enter: {
        x: { scale: "x", value: x },
        y: { value: 0 },
        y2: { value: HEIGHT },
        stroke: { value: colour },
        strokeWidth: { value: 2 },
      },
    },
  });
  return {
    width: WIDTH,
    height: HEIGHT,
    padding: 16,
    title: {
      text: `${count} identities in ${dimension} dimensions: largest cosine ${maxCosine.toFixed(4)}, none can go below ${bound.toFixed(4)}`,
      anchor: "start",
    },
    data: [{ name: "bars", values: bars }],
    scales: [
      {
        name: "x",
        type: "linear",
        range: [0, WIDTH],
        zero: false,
        nice: true,
        domain: [Math.min(bound, edges[0] as number), Math.max(bound, edges.at(-1) as number)],
      },
      {
        name: "y",
        type: "linear",
        range: [HEIGHT, 0],
        nice: true,
        domain: { data: "bars", field: "count" },
      },
    ],
    axes: [
      { orient: "bottom", scale: "x", title: "nearest-neighbour cosine" },
      { orient: "left", scale: "y", title: "identities" },
    ],
    marks: [
      {
        type: "rect",
        from: { data: "bars" },
        encode: {
          enter: {
            x: { scale: "x", field: "from" },
            x2: { scale: "x", field: "to" },
            y: { scale: "y", field: "count" },
            y2: { scale: "y", value: 0 },
            fill: { value: "#2471a3" },
          },
        },
      },
      rule(bound, "#c0392b"),
    ],
  } as Spec;
}
