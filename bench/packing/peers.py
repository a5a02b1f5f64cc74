"""Dispersion losses of the literature (Tokarchuk et al. 2024) in plain PyTorch: `npm run bench -- packing --case peers-2000x64`.

    python bench/packing/peers.py --n 2000 --d 64 --seconds 15        (torch)

Each packs the same random start with Adam, the learning rate falling to nothing over its time; the best of three
learning rates counts, so every peer has three times the time.
"""

import argparse
import json
import math
import time

import torch
import torch.nn.functional as F


def without_self(cosines, value):
    return cosines - torch.diag(torch.full((len(cosines),), value))


def maximum_minimum_angle(x):
    """Wang et al. 2020: the mean of each point's smallest angle, as large as can be."""
    nearest = without_self(x @ x.T, 3.0).amax(1).clamp(-1 + 1e-6, 1 - 1e-6)
    return -torch.arccos(nearest).mean()


def koleo(x):
    """Sablayrolles et al. 2019: the mean log distance to the nearest."""
    nearest = without_self(x @ x.T, 3.0).amax(1)
    return -0.5 * torch.log((2 - 2 * nearest).clamp(min=1e-8)).mean()


def pairwise(x):
    i, j = torch.triu_indices(len(x), len(x), 1)
    return (x @ x.T)[i, j]


def riesz(x, s=2):
    """Riesz s-energy of all pairs."""
    return (2 - 2 * pairwise(x)).clamp(min=1e-6).pow(-s / 2).mean().log()


def mmd(x, gamma=8.0):
    """Maximum mean discrepancy to the uniform distribution, Gaussian kernel: what of it depends on the points."""
    return torch.logsumexp(2 * gamma * (pairwise(x) - 1), 0)


def paper(x):
    """Eq. 2 of the HyperFace paper without gallery."""
    return without_self(x @ x.T, 3.0).amax(1).mean()


LOSSES = {"maximum-minimum-angle": maximum_minimum_angle, "koleo": koleo, "riesz": riesz, "mmd": mmd, "hyperface": paper}


def pack(loss, options, rate):
    torch.manual_seed(0)
    x = F.normalize(torch.randn(options.n, options.d), dim=1).requires_grad_()
    adam = torch.optim.Adam([x], lr=rate)
    started, iterations = time.perf_counter(), 0
    while (spent := (time.perf_counter() - started) / options.seconds) < 1:
        adam.param_groups[0]["lr"] = rate * 0.5 * (1 + math.cos(math.pi * spent))
        adam.zero_grad()
        loss(F.normalize(x, dim=1)).backward()
        adam.step()
        with torch.no_grad():
            x.copy_(F.normalize(x, dim=1))
        iterations += 1
    with torch.no_grad():
        largest = without_self(x.double() @ x.double().T, 3.0).max().item()
    return {"seconds": options.seconds, "iterations": iterations, "learningRate": rate, "maxCosine": largest, "angle": math.degrees(math.acos(largest))}


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--n", type=int, default=2000)
parser.add_argument("--d", type=int, default=64)
parser.add_argument("--seconds", type=float, default=15)
options = parser.parse_args()
peers = []
for name, loss in LOSSES.items():
    tried = [pack(loss, options, rate) for rate in (0.003, 0.01, 0.03)]
    peers.append({"name": name, **max(tried, key=lambda run: run["angle"])})
print(json.dumps({"torch": torch.__version__, "peers": peers}))
