/** What a packing may have that no symmetry leaves as it is. */
export interface Asymmetries {
  method: "fast" | "paper";
  alpha: number;
  start: string;
  frozen: number;
  repel?: object | undefined;
  minimumDistance?: number | undefined;
}

export const admitsSymmetry = (spec: Asymmetries): boolean =>
  spec.method === "fast" &&
  spec.alpha === 0 &&
  spec.start === "random" &&
  spec.frozen === 0 &&
  spec.repel === undefined &&
  spec.minimumDistance === undefined;

interface Symmetric {
  count: number;
  dimension: number;
  symmetry?: { cyclic: number } | undefined;
}

/** Why a spec cannot have the symmetry it asks for. */
export function refuseSymmetry(
  spec: Symmetric & Asymmetries,
  refuse: (message: string) => void,
): void {
  const g = spec.symmetry?.cyclic ?? 1;
  if (g === 1) return;
  if (!admitsSymmetry(spec)) {
    refuse(
      'symmetry is for method "fast", alpha 0 and start "random" without minimumDistance, extends or repel',
    );
  }
  if (spec.dimension % g !== 0) {
    refuse(`cyclic must divide the dimension: ${g} does not divide ${spec.dimension}`);
  }
  if (spec.count < g) refuse(`an orbit of ${g} is more than ${spec.count} identities`);
}
