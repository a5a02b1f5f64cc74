"""Aligned crops and their embeddings, and embeddings that belong to no training image."""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from held_out import held_out
from turns import Head, vary

# Above it the matte is not to be trusted.
TORN = 0.8


class Faces:
    """plain.npy [n, 128, 128, 3], alpha.npy and inside.npy [n, 128, 128], uint8, and the embeddings beside them, as align.py writes them.

    Without the faces that are held out and those whose matte is torn. All of it lies on the device where training is done.
    """

    def __init__(self, folder: Path, index: Path | None = None):
        self.names, rows = training_files(folder, TORN)
        load = lambda name: np.load(folder / f"{name}.npy")[rows]
        shown = np.concatenate([load("plain"), load("alpha")[..., None], load("inside")[..., None]], 3)
        self.shown = torch.tensor(shown).permute(0, 3, 1, 2).contiguous()
        self.embeddings = torch.tensor(load("embeddings_512")).float()
        self.second = torch.tensor(load("embeddings_192")).float()
        self.head = Head()
        self.weights = sampling_weights(self.names, index)
        self.mean = self.embeddings.mean(0)

    def batch(self, n: int):
        """RGB and alpha [n, 4, 128, 128] in [0, 1], 1 where they show the portrait and 0 where its mirrored edge, both embeddings."""
        i = torch.multinomial(self.weights, n)
        shown = self.shown[i].float() / 255
        # A face's mirror image is the same person: the embedding, flip-summed, is the same too.
        shown = torch.where(torch.rand(n, 1, 1, 1) < 0.5, shown.flip(3), shown)
        images, inside = warp(vary(self.head, shown)).split((4, 1), 1)
        return images, (inside > 0.99).float(), self.embeddings[i], self.second[i]

    def free_embeddings(self, n: int):
        """Identities of nobody: mixtures of up to three faces, pushed from the mean as a packing pushes them, and noise."""
        parts = torch.multinomial(self.weights, 3 * n).view(3, n)
        shares = torch.distributions.Dirichlet(torch.tensor([1.0, 0.6, 0.3])).sample((n,)).T[:, :, None]
        mixed = F.normalize((self.embeddings[parts] * shares).sum(0), dim=1)
        away = torch.rand(n, 1) * 1.2
        noise = torch.randn(n, mixed.shape[1]) / mixed.shape[1] ** 0.5 * torch.rand(n, 1) * 0.6
        return F.normalize(mixed - away * self.mean + noise, dim=1)


def packed_identities(file: Path):
    """What packings.ts writes, [n, 512]."""
    return torch.tensor(np.fromfile(file, np.float32).reshape(-1, 512))


def training_files(folder: Path, raggedest=float("inf")):
    """Names of the faces to train on, and their rows in the arrays beside files.tsv."""
    lines = [line.split("\t") for line in (folder / "files.tsv").read_text().splitlines()]
    rows = [i for i, (name, _, ragged) in enumerate(lines) if not held_out(name) and float(ragged) < raggedest]
    return [lines[i][0] for i in rows], rows


def group_keys(names, index: Path | None):
    """Source and group of each file: its prefix letter and what index.tsv says."""
    groups = {}
    if index and index.exists():
        for line in index.read_text().splitlines()[1:]:
            file, _, group = (line.split("\t") + [""])[:3]
            groups[file] = file[0] + group
    return [groups.get(name, name[0]) for name in names]


def sampling_weights(names, index: Path | None):
    """Images of a group that fills a source are drawn less often: weight 1 / sqrt(size of source x group)."""
    keys = group_keys(names, index)
    sizes = {key: keys.count(key) for key in set(keys)}
    return torch.tensor([sizes[key] ** -0.5 for key in keys])


def before_grounds(shown, grounds):
    """RGB and alpha [n, 4, S, S] -> RGB, each person before a ground of `grounds`: [n, 4, S, S], RGB and 1, or 0 for the person's own."""
    rgb, alpha = shown.split((3, 1), 1)
    ground, replaced = grounds.split((3, 1), 1)
    return rgb + replaced * (1 - alpha) * (ground - rgb)


def random_grounds(n: int, share=0.5):
    """Soft grounds of any colour for before_grounds(), for `share` of n."""
    colour = torch.rand(n, 1, 1, 1) + 0.08 * torch.randn(n, 3, 1, 1)
    spots = (torch.randn(n, 1, 5, 5) + 0.3 * torch.randn(n, 3, 5, 5)) * 0.25 * torch.rand(n, 1, 1, 1)
    grounds = F.interpolate(colour + spots, (128, 128), mode="bicubic", align_corners=False).clamp(0, 1)
    return torch.cat([grounds, (torch.rand(n, 1, 1, 1) < share).float().expand(n, 1, 128, 128)], 1)


def warp(images, amount=1.0):
    """Small turns and stretches that z has to explain, since the embedding does not."""
    n = len(images)
    theta = torch.zeros(n, 2, 3)
    squeeze = 1 + torch.randn(n, 2) * 0.03 * amount
    angle = torch.randn(n) * 0.04 * amount
    theta[:, 0, 0], theta[:, 0, 1] = squeeze[:, 0] * angle.cos(), -angle.sin()
    theta[:, 1, 0], theta[:, 1, 1] = angle.sin(), squeeze[:, 1] * angle.cos()
    theta[:, :, 2] = torch.randn(n, 2) * 0.02 * amount
    grid = F.affine_grid(theta, images.shape, align_corners=False)
    return F.grid_sample(images, grid, padding_mode="reflection", align_corners=False).clamp(0, 1)
