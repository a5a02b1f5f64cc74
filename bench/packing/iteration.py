"""The paper's Algorithm 1 in PyTorch, timed: the rival of `npm run bench -- packing --case iteration`.

    python bench/packing/iteration.py --n 10000 --d 512 --steps 5        (torch)

As its writer would have it who knows where the time goes: nearest points are searched for in blocks, outside of
differentiation, and the loss gathers them, so that a step has one product of all pairs and not three.
"""

import argparse
import json
import time

import torch
import torch.nn.functional as F

BLOCK = 1024

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--n", type=int, default=10_000)
parser.add_argument("--d", type=int, default=512)
parser.add_argument("--steps", type=int, default=5)
options = parser.parse_args()

torch.manual_seed(0)
x = F.normalize(torch.randn(options.n, options.d), dim=1).requires_grad_()
adam = torch.optim.Adam([x], lr=0.01)


@torch.no_grad()
def nearest():
    found = []
    for start in range(0, len(x), BLOCK):
        cosines = x[start : start + BLOCK] @ x.T
        own = torch.arange(len(cosines))
        cosines[own, start + own] = -2.0
        found.append(cosines.argmax(1))
    return torch.cat(found)


def step():
    loss = (x * x[nearest()]).sum(1).mean()
    adam.zero_grad()
    loss.backward()
    adam.step()
    with torch.no_grad():
        x.copy_(F.normalize(x, dim=1))


def timed():
    wall, cpu = time.perf_counter(), time.process_time()
    step()
    return time.perf_counter() - wall, time.process_time() - cpu


step()
times = [timed() for _ in range(options.steps)]
median = [sorted(column)[len(times) // 2] for column in zip(*times)]
print(json.dumps({"secondsPerIteration": median[0], "cpuSecondsPerIteration": median[1], "torch": torch.__version__}))
