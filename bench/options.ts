/** What the command line says to a benchmark. */
export interface BenchmarkOptions {
  case?: string | undefined;
  sets?: string[] | undefined;
  draws?: number | undefined;
  identities?: number | undefined;
  kills?: number | undefined;
  requests?: number | undefined;
}
