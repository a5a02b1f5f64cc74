/** Upper bounds of every histogram of seconds, from a cached answer to a slice of a job. */
export const SECONDS_BUCKETS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];
