"""First weights of a generator: of an earlier one, maybe wider, as it was exported or as a stage of its training left it."""

from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

from networks import CHANNELS, CODES, GRAINS, GRAINY, LATENT, STYLED, Generator


def exported_weights(path: Path, truncation=0.8):
    """Weights by name of a generator.onnx, whose factor of z's covariance has the truncation within."""
    graph = onnx.load(str(path)).graph
    old = {t.name.removesuffix("_f16").removeprefix("generator."): torch.from_numpy(numpy_helper.to_array(t).astype(np.float32))
           for t in graph.initializer}
    # Layers without a bias lose their names. They come in the order in which they are used.
    products = [old[n.input[1]] for n in graph.node if n.op_type == "MatMul" and n.input[1] in old]
    chosen = [a.T for a in products if a.shape == (LATENT, GRAINS)]
    old |= {f"grain.{r}.choose.weight": a for r, a in zip(GRAINY, chosen, strict=True)}
    factor = next(a for a in products if a.shape == (LATENT, LATENT)) / truncation
    # Transposed: a row for each dimension. Codes of pose are exported whole.
    factor[:CODES] *= truncation
    return old | {"latent_covariance": factor.T @ factor}


def warm_start(old: dict, embeddings) -> Generator:
    """A generator with `old`'s weights by name, of each level the channels that weigh most.

    Layers that had a style and have none now do for every face what they did for the mean of `embeddings` [n, 512].
    """
    new = Generator()
    new.load_state_dict({name: old[name] for name in new.state_dict() if name.startswith(("mapping.", "start.", "latent_"))}, strict=False)
    with torch.no_grad():
        style = new.mapping(new.code(embeddings, new.latent(torch.randn(len(embeddings), LATENT)))).mean(0)
    state = new.state_dict()
    kept = torch.arange(CHANNELS[4])
    for i, (r, width) in enumerate(CHANNELS.items()):
        for k in (0, 1):
            name = f"blocks.{i}.{k}"
            weight = old[f"{name}.conv.weight"][:, kept]
            kept = heaviest(old, i, k, width)
            both = torch.cat([kept, kept + len(weight)])
            affine = old.get(f"{name}.affine.weight"), old.get(f"{name}.affine.bias")
            if r <= STYLED:
                state[f"{name}.affine.weight"], state[f"{name}.affine.bias"] = (part[both] for part in affine)
            elif affine[0] is None:
                state[f"{name}.conv.bias"] = old[f"{name}.conv.bias"][kept]
            else:
                scale, state[f"{name}.conv.bias"] = F.linear(style, *affine)[both].chunk(2)
                weight = weight.clone()
                weight[kept] *= (1 + scale)[:, None, None, None]
            state[f"{name}.conv.weight"] = weight[kept]
            if k == 0 and f"grain.{r}.maps" in state:
                copy_grain(state, old, r, kept)
        if r >= 16:
            head = f"to_rgb.{(16, 32, 64, 128).index(r)}"
            state[f"{head}.weight"], state[f"{head}.bias"] = old[f"{head}.weight"][:, kept], old[f"{head}.bias"]
    new.load_state_dict(state)
    return new


def copy_grain(state, old, r, kept):
    name = f"grain.{r}"
    state[f"{name}.maps"], state[f"{name}.choose.weight"] = old[f"{name}.maps"], old[f"{name}.choose.weight"]
    if f"{name}.spread.weight" in old:
        state[f"{name}.spread.weight"] = old[f"{name}.spread.weight"][kept]
    else:
        # It was the same noise times a strength for each channel.
        state[f"{name}.spread.weight"][:, 0, 1, 1] = old[f"{name}.strength"][kept].flatten()


def heaviest(old, i, k, width):
    """The channels of block i's convolution k that the next one, and the picture, take most of."""
    weight = old[f"blocks.{i}.{k}.conv.weight"]
    after = old.get(f"blocks.{i}.1.conv.weight" if k == 0 else f"blocks.{i + 1}.0.conv.weight", old["to_rgb.3.weight"])
    use = weight.flatten(1).norm(dim=1) * after.square().sum((0, 2, 3)).sqrt()
    return use.argsort(descending=True)[:width].sort().values


def begin(generator: Generator, encoder, path: Path, embeddings):
    """Gives both the averaged weights of a checkpoint of an earlier stage or of an earlier generator's training."""
    kept = torch.load(path, map_location=torch.get_default_device())
    generator.load_state_dict(warm_start({k: v.float() for k, v in kept["average"].items()}, embeddings).state_dict())
    encoder.load_state_dict({k: v.float() for k, v in kept["encoder"].items()})
