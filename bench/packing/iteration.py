"""The paper's Algorithm 1 in plain PyTorch, timed: the rival of `npm run bench -- packing --case iteration`.

    python bench/packing/iteration.py --n 10000 --d 512 --steps 5        (torch)
"""

import argparse
import json
import time

import torch
import torch.nn.functional as F

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--n", type=int, default=10_000)
parser.add_argument("--d", type=int, default=512)
parser.add_argument("--steps", type=int, default=5)
options = parser.parse_args()

torch.manual_seed(0)
x = F.normalize(torch.randn(options.n, options.d), dim=1).requires_grad_()
adam = torch.optim.Adam([x], lr=0.01)
diagonal = torch.arange(options.n)


def step():
    cosines = x @ x.T
    masked = cosines.index_put((diagonal, diagonal), torch.tensor(-2.0))
    loss = masked.amax(1).mean()
    adam.zero_grad()
    loss.backward()
    adam.step()
    with torch.no_grad():
        x.copy_(F.normalize(x, dim=1))


step()
times = []
for _ in range(options.steps):
    started = time.perf_counter()
    step()
    times.append(time.perf_counter() - started)
print(json.dumps({"secondsPerIteration": sorted(times)[len(times) // 2], "torch": torch.__version__}))
