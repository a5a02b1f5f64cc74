"""Where embeddings of plain portraits lie, and how others are drawn there: apps/generate-svc/src/generators/manifold.ts in NumPy."""

import numpy as np

# Principal components of plain portraits, which hold nearly all that tells them apart; and the variance of an embedding
# of nobody off the plain ones, along each.
COMPONENTS, NOISE = 160, 1e-3


def regress(x, y, ridge):
    return np.linalg.solve(x.T @ x + ridge * np.eye(x.shape[1]), x.T @ y)


def fit_plain(embeddings, plain):
    """Statistics of the embeddings [n, d] of portraits, `plain` [n] telling which are of the sources with plain grounds.

    Mean and principal components of the plain ones, with the share that a Wiener filter keeps of each; the unit
    direction that tells them from the others by a ridge regression, and how far along it the plain ones lie.
    """
    mean = embeddings[plain].mean(0)
    _, singular, components = np.linalg.svd(embeddings[plain] - mean, full_matrices=False)
    variances = singular[:COMPONENTS] ** 2 / plain.sum()
    middle = embeddings.mean(0)
    natural = (~plain).astype(np.float64)
    line = regress(embeddings - middle, natural - natural.mean(), 1.0)
    source = line / np.linalg.norm(line)
    along = (embeddings - middle) @ source
    return {
        "plain.mean": mean,
        "plain.components": components[:COMPONENTS],
        "plain.kept": variances / (variances + NOISE),
        "source.direction": source,
        # Of an embedding itself, not of its distance from the middle.
        "source.most": (along[plain].mean() + middle @ source).reshape(1),
    }


def draw(embeddings, statistics):
    """Embeddings [n, d] drawn wholly to where fit_plain found plain portraits."""
    mean, components, kept = (statistics[f"plain.{name}"] for name in ("mean", "components", "kept"))
    direction, (most,) = statistics["source.direction"], statistics["source.most"]
    filtered = unit(mean + (embeddings - mean) @ components.T * kept @ components)
    back = np.minimum(0, most - filtered @ direction)
    return unit(filtered + back[:, None] * direction)


def unit(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)
