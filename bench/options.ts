/** What the command line says to a benchmark. */
export interface BenchmarkOptions {
  case?: string | undefined;
  sets?: string[] | undefined;
  draws?: number | undefined;
  identities?: number | undefined;
  images?: number | undefined;
  /** A folder that is kept, in which a run that was cut off goes on. */
  home?: string | undefined;
  kills?: number | undefined;
  requests?: number | undefined;
  /** After so many a case begins nothing that is kept apart; another run goes on. */
  seconds?: number | undefined;
}
