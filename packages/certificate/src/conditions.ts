import { AXIS_RANGE, AxisName, type DatasetConditions } from "@hyperface/contracts";

/** What was asked of a dataset's images, as a sentence. */
export function describeConditions(said: DatasetConditions): string {
  const { ground, draw, camera, deviation = {} } = said;
  const [low, high] = AXIS_RANGE;
  const axes = AxisName.options.flatMap((axis) => {
    const [place, spread] = [said[axis], deviation[axis]];
    if (spread !== undefined) {
      return `${axis} normal about ${place ?? 0} with deviation ${spread}, truncated to ${low} to ${high}`;
    }
    return place === undefined ? [] : `${axis} ${place}`;
  });
  const free = AxisName.options.filter(
    (axis) => said[axis] === undefined && deviation[axis] === undefined,
  );
  return `${[
    `Ground ${ground}, draw ${draw}, camera ${camera}`,
    ...axes,
    ...(free.length > 0 ? [`${free.join(", ")} as the generator draws them`] : []),
  ].join("; ")}.`;
}
