import { renderPng, type Spec } from "@hyperface/plots";

export interface PackingPlot {
  history: { iteration: number; maxCosine: number; meanNearestCosine: number }[];
  /** Nearest-neighbour cosine of every identity. */
  before: number[];
  after: number[];
}

/** Left: largest and mean nearest-neighbour cosine against iteration. Right: histogram before and after. */
export const drawPackingPlot = (plot: PackingPlot): Promise<Uint8Array> =>
  renderPng({
    padding: 16,
    layout: { padding: 48, columns: 2, align: "all" },
    config: { axis: { grid: true, gridColor: "#eee" } },
    marks: [convergence(plot.history), histogram(plot.before, plot.after)],
  } as Spec);

const SIZE = { width: { signal: "420" }, height: { signal: "280" } };
const COLOURS = ["#c0392b", "#2471a3"];

function convergence(history: PackingPlot["history"]) {
  const series = (name: string, key: "maxCosine" | "meanNearestCosine") =>
    history.map((point) => ({ name, iteration: point.iteration, cosine: point[key] }));
  const names = ["largest", "mean nearest"];
  return {
    type: "group",
    title: { text: "Cosine between identities", anchor: "start" },
    encode: { update: SIZE },
    data: [
      {
        name: "points",
        values: [...series("largest", "maxCosine"), ...series("mean nearest", "meanNearestCosine")],
      },
    ],
    scales: [
      {
        name: "x",
        type: "linear",
        range: [0, 420],
        domain: { data: "points", field: "iteration" },
      },
      {
        name: "y",
        type: "linear",
        range: [280, 0],
        zero: false,
        nice: true,
        domain: { data: "points", field: "cosine" },
      },
      { name: "colour", type: "ordinal", domain: names, range: COLOURS },
    ],
    axes: [
      { orient: "bottom", scale: "x", title: "iteration", tickCount: 6 },
      { orient: "left", scale: "y", title: "cosine" },
    ],
    legends: [{ stroke: "colour", symbolType: "stroke", orient: "top-right" }],
    marks: [
      {
        type: "group",
        from: { facet: { name: "line", data: "points", groupby: "name" } },
        marks: [
          {
            type: "line",
            from: { data: "line" },
            encode: {
              update: {
                x: { scale: "x", field: "iteration" },
                y: { scale: "y", field: "cosine" },
                stroke: { scale: "colour", field: "name" },
                strokeWidth: { value: 2 },
              },
            },
          },
        ],
      },
    ],
  };
}

function histogram(before: number[], after: number[]) {
  const all = [...before, ...after];
  const extent = [Math.min(...all), Math.max(...all)];
  const values = [
    ...before.map((cosine) => ({ set: "before", cosine })),
    ...after.map((cosine) => ({ set: "after", cosine })),
  ];
  return {
    type: "group",
    title: { text: "Nearest neighbour of each identity", anchor: "start" },
    encode: { update: SIZE },
    data: [
      {
        name: "bars",
        values,
        transform: [
          { type: "bin", field: "cosine", extent, maxbins: 40 },
          { type: "aggregate", groupby: ["set", "bin0", "bin1"], ops: ["count"], as: ["count"] },
        ],
      },
    ],
    scales: [
      {
        name: "x",
        type: "linear",
        range: [0, 420],
        zero: false,
        nice: true,
        domain: { data: "bars", fields: ["bin0", "bin1"] },
      },
      {
        name: "y",
        type: "linear",
        range: [280, 0],
        nice: true,
        domain: { data: "bars", field: "count" },
      },
      { name: "colour", type: "ordinal", domain: ["before", "after"], range: COLOURS },
    ],
    axes: [
      { orient: "bottom", scale: "x", title: "nearest-neighbour cosine", tickCount: 6 },
      { orient: "left", scale: "y", title: "identities" },
    ],
    legends: [{ fill: "colour", symbolType: "square", orient: "top-right" }],
    marks: [
      {
        type: "rect",
        from: { data: "bars" },
        encode: {
          update: {
            x: { scale: "x", field: "bin0" },
            x2: { scale: "x", field: "bin1" },
            y: { scale: "y", field: "count" },
            y2: { scale: "y", value: 0 },
            fill: { scale: "colour", field: "set" },
            fillOpacity: { value: 0.6 },
          },
        },
      },
    ],
  };
}
