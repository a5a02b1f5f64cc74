"""Dispersion losses of the literature (Tokarchuk et al. 2024) in PyTorch: `npm run bench -- packing --case peers-2000x64`.

    python bench/packing/peers.py --n 2000 --d 64 --seconds 10        (torch; geoopt for Riemannian Adam as well)

Each packs the same random start for as many CPU seconds, the learning rate falling to nothing over them; of every
learning rate, width and optimiser tried the best counts, so a peer has many times the time. Losses over nearest points gather
them: the search for them is outside of differentiation. Beside them stands a linear block code, which is written down and not packed.
"""

import argparse
import json
import math
import time

import torch
import torch.nn.functional as F

try:
    import geoopt
except ImportError:
    geoopt = None


def without_self(cosines, value):
    return cosines - torch.diag(torch.full((len(cosines),), value))


def nearest(x):
    """Each point's largest cosine with another."""
    with torch.no_grad():
        index = without_self(x @ x.T, 3.0).argmax(1)
    return (x * x[index]).sum(1)


def maximum_minimum_angle(x, _):
    """Wang et al. 2020: the mean of each point's smallest angle, as large as can be."""
    return -torch.arccos(nearest(x).clamp(-1 + 1e-6, 1 - 1e-6)).mean()


def koleo(x, _):
    """Sablayrolles et al. 2019: the mean log distance to the nearest."""
    return -0.5 * torch.log((2 - 2 * nearest(x)).clamp(min=1e-8)).mean()


def riesz(x, s):
    """The logarithm of the Riesz s-energy of all pairs."""
    energies = -s / 2 * torch.log((2 - 2 * without_self(x @ x.T, 3.0)).clamp(min=1e-6))
    return torch.logsumexp(without_self(energies, 1e9).flatten(), 0)


def mmd(x, gamma):
    """Maximum mean discrepancy to the uniform distribution, Gaussian kernel: what of it depends on the points."""
    return torch.logsumexp((2 * gamma * (without_self(x @ x.T, 3.0) - 1)).flatten(), 0)


def paper(x, _):
    """Eq. 2 of the HyperFace paper without gallery."""
    return nearest(x).mean()


LOSSES = {
    "maximum-minimum-angle": (maximum_minimum_angle, [None]),
    "koleo": (koleo, [None]),
    "riesz": (riesz, [2, 64]),
    "mmd": (mmd, [8, 64]),
    "hyperface": (paper, [None]),
}


def start(options):
    torch.manual_seed(0)
    return F.normalize(torch.randn(options.n, options.d), dim=1)


def adam(options, rate):
    x = start(options).requires_grad_()
    return x, torch.optim.Adam([x], lr=rate)


def riemannian_adam(options, rate):
    x = geoopt.ManifoldParameter(start(options), manifold=geoopt.Sphere())
    return x, geoopt.optim.RiemannianAdam([x], lr=rate)


def pack(loss, width, optimiser, options, rate):
    x, steps = optimiser(options, rate)
    started, iterations = time.process_time(), 0
    while (spent := (time.process_time() - started) / options.seconds) < 1:
        steps.param_groups[0]["lr"] = rate * 0.5 * (1 + math.cos(math.pi * spent))
        steps.zero_grad()
        loss(F.normalize(x, dim=1), width).backward()
        steps.step()
        with torch.no_grad():
            x.copy_(F.normalize(x, dim=1))
        iterations += 1
    with torch.no_grad():
        x = F.normalize(x.double(), dim=1)
        largest = without_self(x @ x.T, 3.0).max().item()
    return {
        "optimiser": optimiser.__name__,
        "width": width,
        "learningRate": rate,
        "cpuSeconds": options.seconds,
        "iterations": iterations,
        "maxCosine": largest,
        "angle": math.degrees(math.acos(largest)),
    }


TRIES = 300


def linear_block_code(n, d):
    """Lindstroem et al. 2024 (arXiv 2407.07664): words of a binary linear code as signs. Here those of (Tr(a x^3 + b x) + c) over
    GF(d), the dual of the extended double-error-correcting BCH code, and of its random subcodes with n words the best."""
    m = d.bit_length() - 1
    if d != 1 << m or m not in FIELDS:
        return None

    def times(a, b):
        product = 0
        while b:
            product ^= a if b & 1 else 0
            a = (a << 1) ^ (FIELDS[m] if a >> (m - 1) & 1 else 0)
            b >>= 1
        return product

    def trace(a):
        total, power = 0, a
        for _ in range(m):
            total ^= power
            power = times(power, power)
        return total

    elements = range(d)
    cubes = [times(x, times(x, x)) for x in elements]
    basis = [[trace(times(1 << k, x)) for x in of] for of in (elements, cubes) for k in range(m)]
    rows = torch.tensor(basis + [[1] * d])
    k = math.ceil(math.log2(n))
    if k > len(rows):
        return None
    messages = (torch.arange(2**k)[:, None] >> torch.arange(k)) & 1
    torch.manual_seed(0)
    best = 1.0
    for _ in range(TRIES):
        subcode = (torch.randint(0, 2, (k, len(rows))) @ rows) % 2
        weights = ((messages @ subcode) % 2).sum(1)[1:]
        # A word of weight w is at cosine 1 - 2 w / d from the zero word, and so is every pair that differs by it.
        best = min(best, 1 - 2 * weights.min().item() / d)
    return {"name": "linear-block-code", "maxCosine": best, "angle": math.degrees(math.acos(best))}


# Primitive polynomials.
FIELDS = {5: 0b100101, 6: 0b1000011, 7: 0b10000011, 8: 0b100011101, 9: 0b1000010001}

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--n", type=int, default=2000)
parser.add_argument("--d", type=int, default=64)
parser.add_argument("--seconds", type=float, default=10, help="CPU seconds of each try")
options = parser.parse_args()
optimisers = [adam, riemannian_adam] if geoopt else [adam]
peers = []
for name, (loss, widths) in LOSSES.items():
    tried = [pack(loss, w, o, options, rate) for w in widths for o in optimisers for rate in (0.01, 0.03)]
    peers.append({"name": name, **max(tried, key=lambda run: run["angle"])})
code = linear_block_code(options.n, options.d)
peers += [code] if code else []
print(json.dumps({"torch": torch.__version__, "geoopt": geoopt and geoopt.__version__, "peers": peers}))
