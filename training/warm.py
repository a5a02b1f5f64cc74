"""First weights of a generator: of an earlier, wider one as it was exported, or of an earlier stage."""

from itertools import product
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from networks import CHANNELS, CODES, EMBEDDING, Generator


def warm_start(path: Path) -> Generator:
    """A generator with the layers of the one at `path`, of each level the channels that weigh most.

    What it lacks, the last level, starts at random.
    """
    old = {t.name.removesuffix("_f16").removeprefix("generator."): numpy_helper.to_array(t).astype(np.float32)
           for t in onnx.load(str(path)).graph.initializer}
    new = Generator()
    state = new.state_dict()
    for name in state:
        if name.startswith(("mapping.", "start.", "latent_mean")):
            state[name] = torch.from_numpy(old[name])
    kept = np.arange(CHANNELS[4])
    for i, (r, width) in enumerate(CHANNELS.items()):
        if f"blocks.{i}.0.conv.weight" not in old:
            break
        for k in (0, 1):
            name = f"blocks.{i}.{k}"
            weight = old[f"{name}.conv.weight"][:, kept]
            if k == 0 and r > 4:
                weight = weight_before_doubling(weight)
            kept = heaviest(old, i, k, width)
            state[f"{name}.conv.weight"] = torch.from_numpy(weight[kept])
            both = np.concatenate([kept, kept + len(weight)])
            for part in ("weight", "bias"):
                state[f"{name}.affine.{part}"] = torch.from_numpy(old[f"{name}.affine.{part}"][both])
        if r >= 16:
            head = f"to_rgb.{(16, 32, 64).index(r)}"
            state[f"{head}.weight"][:3] = torch.from_numpy(old[f"{head}.weight"][:, kept])
            state[f"{head}.bias"][:3] = torch.from_numpy(old[f"{head}.bias"])
    state["to_rgb.3.weight"] *= 0.05
    # The export folds its truncation of 0.8 into the only square array of z's width, the transposed factor of the covariance.
    factor = torch.from_numpy(next(a for a in old.values() if a.shape == (64, 64))) / 0.8
    state["latent_covariance"] = factor.T @ factor
    new.load_state_dict(state)
    return new


def begin(generator: Generator, encoder, path: Path):
    """Gives both the averaged weights of a checkpoint of an earlier stage; what that did not have stays as it is."""
    kept = torch.load(path, map_location=torch.get_default_device())
    state = generator.state_dict()
    for name, value in kept["average"].items():
        # A generator without alpha had three channels where this one has four.
        state[name][: len(value)] = value
        # What the first dimensions of z meant goes: they become codes of pose.
        if name in ("mapping.0.weight", "start.weight"):
            state[name][:, EMBEDDING : EMBEDDING + CODES] = 0
        elif name.endswith("choose.weight"):
            state[name][:, :CODES] = 0
    state["latent_mean"][:CODES] = 0
    covariance = state["latent_covariance"]
    covariance[:CODES], covariance[:, :CODES] = 0, 0
    covariance[:CODES, :CODES] = torch.eye(CODES)
    generator.load_state_dict(state)
    encoder.load_state_dict(kept["encoder"])


def heaviest(old, i, k, width):
    """The channels of block i's convolution k that the next one, and the picture, take most of."""
    weight = old[f"blocks.{i}.{k}.conv.weight"]
    after = old.get(f"blocks.{i}.1.conv.weight" if k == 0 else f"blocks.{i + 1}.0.conv.weight")
    use = np.linalg.norm(weight.reshape(len(weight), -1), axis=1)
    if after is not None:
        use = use * np.sqrt((after**2).sum((0, 2, 3)))
    return np.sort(np.argsort(-use)[:width])


def weight_before_doubling(weight):
    """3 x 3 kernels that act behind a bilinear doubling -> those that act before it nearly alike (least squares)."""
    tent = np.outer(b := np.array([0.25, 0.75, 0.75, 0.25]), b)
    after, before = np.zeros((9, 12, 12)), np.zeros((9, 12, 12))
    for n, (y, x) in enumerate(product(range(3), range(3))):
        after[n, 3 + y : 7 + y, 3 + x : 7 + x] = tent
        before[n, 2 + 2 * y : 6 + 2 * y, 2 + 2 * x : 6 + 2 * x] = tent
    fit = np.linalg.lstsq(before.reshape(9, -1).T, after.reshape(9, -1).T, rcond=None)[0]
    return (weight.reshape(-1, 9) @ fit.T).reshape(weight.shape).astype(np.float32)
