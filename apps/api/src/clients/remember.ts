/**
 * `load`, whose answers are remembered for `seconds`; those who ask while it loads share one answer. A failure is
 * forgotten.
 */
export function rememberFor<T>(
  seconds: number,
  load: (name: string) => Promise<T>,
): (name: string) => Promise<T> {
  const known = new Map<string, { answer: Promise<T>; until: number }>();
  return (name) => {
    const found = known.get(name);
    if (found && performance.now() < found.until) return found.answer;
    const answer = load(name);
    known.set(name, { answer, until: performance.now() + 1000 * seconds });
    answer.catch(() => known.delete(name));
    return answer;
  };
}
