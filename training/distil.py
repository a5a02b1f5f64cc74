"""First stage: the thin generator learns to draw what the earlier one drew, and the encoder to read z from it.

    python distil.py --data work/crops --generator ../apps/generate-svc/models/default --out work/run
"""

import argparse
import copy
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import losses
from networks import Encoder
from run import Run, follow, sheet
from warm import exported_weights, warm_start

# Pixels first: the encoder only has to be able to read z when the second stage begins.
WEIGHTS = {"imitation": 6, "latent": 0.1}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "generator", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--batch", type=int, default=16)
    options = parser.parse_args()

    torch.manual_seed(0)
    stored = np.load(options.data / "teacher.npz")
    embeddings, z, images = (torch.from_numpy(stored[k]) for k in ("embeddings", "z", "images"))
    images = images.permute(0, 3, 1, 2).contiguous()
    made = warm_start(exported_weights(options.generator / "generator.onnx"), embeddings).to(memory_format=torch.channels_last)
    encoder = Encoder().to(memory_format=torch.channels_last)
    average = copy.deepcopy(made).requires_grad_(False)
    optimiser = torch.optim.Adam([*made.parameters(), *encoder.parameters()], lr=1e-3, betas=(0.9, 0.99))
    run = Run(options.out, "distilled", made=made, encoder=encoder, average=average, optimiser=optimiser)

    def train_step():
        i = torch.randint(len(images) - 8, (options.batch,)) + 8
        taught = images[i].float() / 255
        with torch.autocast("cpu", torch.bfloat16):
            terms = {"imitation": losses.imitation(made(embeddings[i], z[i])[:, :3], taught)}
            mean, log_variance = encoder(taught, embeddings[i])
            terms["latent"] = ((mean - z[i]).square() / log_variance.exp() + log_variance).mean()
            terms = {name: WEIGHTS[name] * term for name, term in terms.items()}
        optimiser.zero_grad(set_to_none=True)
        sum(terms.values()).backward()
        torch.nn.utils.clip_grad_norm_(made.parameters(), 5.0)
        optimiser.step()
        follow(average, made, min(0.995, 1 - 1 / (1 + run.step / 4)))
        return {**{k: v.detach() for k, v in terms.items()}, "read": F.mse_loss(mean, z[i]).detach()}

    @torch.no_grad()
    def show(path):
        sheet(torch.cat([images[:8].float() / 255, average(embeddings[:8], z[:8])[:, :3]]), 8, path)

    schedule = lambda step, share: min(1, step / 50, (1 - share) / 0.4 + 0.05)
    run.go(train_step, schedule, lambda: run.step / options.steps, show)


if __name__ == "__main__":
    main()
