"""A judge of yaw and pitch that training can ask for gradients: MTCNN's landmarks, learned by a small network.

    python poses.py --data work/crops --models .hyperface/models --out work/poses.pt [--generator ../apps/generate-svc/models/default]

It learns from aligned portraits, turned ones and, where a generator is given, its pictures of packed identities.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from controls import measure
from data import Faces, warp
from mtcnn import Detector
from networks import CODES
from turns import vary

PORTRAITS, STEPS, BATCH = 9000, 3000, 64


class PoseJudge(nn.Module):
    """Frames [n, 3, 128, 128] in [0, 1] -> yaw and pitch [n, 2], in standard deviations over portraits about their mean."""

    def __init__(self):
        super().__init__()
        widths = [3, 24, 48, 96, 128]
        layers = []
        for a, b in zip(widths, widths[1:]):
            layers += [nn.Conv2d(a, b, 4, 2, 1), nn.BatchNorm2d(b), nn.LeakyReLU(0.2)]
        self.body = nn.Sequential(*layers, nn.Flatten(), nn.Linear(widths[-1] * 16, 128), nn.LeakyReLU(0.2), nn.Linear(128, CODES))

    def forward(self, images):
        return self.body(F.interpolate(images, (64, 64), mode="area") * 2 - 1).float()


def load_judge(path: Path) -> PoseJudge:
    judge = PoseJudge()
    judge.load_state_dict(torch.load(path)["judge"])
    return judge.eval().requires_grad_(False)


def usual_pose(judge, portraits, embeddings, ridge=30.0):
    """What the judge sees of a person in general, linear in the embedding: [512, 2], to be added to the code of an image.

    A long nose is no nod. Of yaw nothing: a mirrored portrait has the same embedding.
    """
    with torch.no_grad():
        seen = torch.cat([judge(x.float() / 255) for x in portraits.split(256)])[:, 1:]
    line = torch.linalg.solve(embeddings.T @ embeddings + ridge * torch.eye(embeddings.shape[1]), embeddings.T @ seen)
    print(f"an embedding tells {1 - float((seen - embeddings @ line).var() / seen.var()):.2f} of the variance of pitch", flush=True)
    return torch.cat([torch.zeros_like(line), line], 1)


def measured(images, detector):
    """Yaw and pitch [n, 2] of frames [n, 3, S, S]; not a number where no face is found."""
    frames = (images.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
    return measure(np.ascontiguousarray(frames), detector)[:, :CODES]


def collect(options, detector):
    """Frames and what is measured of them, and the mean and spread of portraits as they are."""
    faces = Faces(options.data)
    random = torch.randint(len(faces.shown), (PORTRAITS,))
    plain = torch.cat([faces.shown[i].float() / 255 for i in random.split(500)])
    as_they_are = plain[: PORTRAITS // 3, :3]
    turned = torch.cat([warp(vary(faces.head, x, 0.9))[:, :3] for x in plain[PORTRAITS // 3 :].split(500)])
    images = [as_they_are, turned]
    if options.generator:
        from evaluate import Exported

        model, numbers = Exported(options.generator), np.random.default_rng(0)
        packed = np.fromfile(options.packings, np.float32).reshape(-1, 512)
        chosen = packed[numbers.integers(len(packed), size=3000)]
        made = model.images(chosen, numbers.standard_normal((3000, model.latent_dimension)))
        images.append(torch.tensor(made).permute(0, 3, 1, 2).float() / 255)
    images = torch.cat(images)
    values = measured(images, detector)
    natural = values[: len(as_they_are)]
    return images, values, np.nanmean(natural, 0), np.nanstd(natural, 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "models", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--generator", type=Path)
    parser.add_argument("--packings", type=Path)
    options = parser.parse_args()
    torch.manual_seed(0)
    images, values, mean, spread = collect(options, Detector(options.models))
    seen = ~np.isnan(values).any(1)
    images = images[torch.tensor(seen)]
    wanted = torch.tensor((values[seen] - mean) / spread).float().clamp(-4, 4)
    order = torch.randperm(len(images))
    kept, held = order[600:], order[:600]
    judge = PoseJudge()
    optimiser = torch.optim.AdamW(judge.parameters(), 1e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=STEPS)
    for step in range(STEPS):
        i = kept[torch.randint(len(kept), (BATCH,))]
        x, y = images[i], wanted[i]
        flipped = torch.rand(BATCH) < 0.5
        x = torch.where(flipped[:, None, None, None], x.flip(3), x)
        y = torch.where(flipped[:, None], y * torch.tensor([-1.0, 1.0]) - torch.tensor([2 * mean[0] / spread[0], 0.0]), y)
        # Soft or grainy pictures are judged alike.
        x = (x * (1 + 0.15 * torch.randn(BATCH, 3, 1, 1)) + 0.03 * torch.randn_like(x) * torch.rand(BATCH, 1, 1, 1)).clamp(0, 1)
        with torch.autocast("cpu", torch.bfloat16):
            loss = F.smooth_l1_loss(judge(x), y.float())
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 250 == 0 or step == STEPS - 1:
            judge.eval()
            with torch.no_grad():
                found = torch.cat([judge(images[i]) for i in held.split(200)])
            judge.train()
            r = [np.corrcoef(found[:, k], wanted[held, k])[0, 1] for k in range(CODES)]
            print(step, f"loss {loss.item():.3f} correlation of unseen {r[0]:.3f} {r[1]:.3f}", flush=True)
    torch.save({"judge": judge.state_dict(), "mean": mean.tolist(), "spread": spread.tolist()}, options.out)


if __name__ == "__main__":
    main()
