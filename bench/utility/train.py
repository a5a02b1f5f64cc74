"""A recogniser trained on a set of faces, and what it makes of other faces.

    python train.py --images set.npy --labels labels.npy --verify photographs.npy --out embeddings.npy --seed 0 --steps 400

set.npy, photographs.npy: uint8 [n, 80, 80], grey, the ArcFace crop in the middle 64. embeddings.npy: float32 [m, 128] unit.
The last line is JSON. With --steps 0 the network is as it was initialised.
"""

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn

from augment import Augment
from network import SIDE, Recogniser, cosface, embed, standard

BATCH, MARGIN, RATE, WARM = 128, 0.35, 3e-3, 30


def load(path: Path):
    return torch.from_numpy(np.load(path)).float()[:, None] / 255


def train(network, images, labels, steps: int, seed: int):
    """CosFace with a margin that grows; the mean loss and accuracy of the last 30 steps."""
    augment, random = Augment(seed), torch.Generator().manual_seed(seed)
    weights = nn.Parameter(torch.randn(int(labels.max()) + 1, 128) * 0.05)
    groups = [{"params": list(network.parameters()), "weight_decay": 5e-3}, {"params": [weights], "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=RATE)
    losses, hits, order = [], [], torch.empty(0, dtype=torch.long)
    network.train()
    for step in range(steps):
        if len(order) < BATCH:
            order = torch.randperm(len(images), generator=random)
        batch, order = order[:BATCH], order[BATCH:]
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1, (step + 1) / WARM) * 0.5 * (1 + math.cos(math.pi * step / steps))
        x = standard(augment(images[batch])).contiguous(memory_format=torch.channels_last)
        loss, cosines = cosface(network(x), weights, labels[batch], MARGIN * min(1, step / (0.3 * steps)))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        hits.append((cosines.argmax(1) == labels[batch]).float().mean().item())
    return {"loss": float(np.mean(losses[-30:])), "trainingAccuracy": float(np.mean(hits[-30:]))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("images", "labels", "verify", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=400)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    started = time.process_time()
    network = Recogniser().to(memory_format=torch.channels_last)
    labels = torch.from_numpy(np.load(options.labels)).long()
    figures = train(network, load(options.images), labels, options.steps, options.seed) if options.steps else {}
    photographs = load(options.verify)
    border = (photographs.shape[-1] - SIDE) // 2
    middle = photographs[:, :, border : border + SIDE, border : border + SIDE]
    np.save(options.out, embed(network, middle).numpy().astype(np.float32))
    print(json.dumps({"cpuSeconds": time.process_time() - started, "torch": torch.__version__, **figures}))


if __name__ == "__main__":
    main()
