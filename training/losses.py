"""What a made face is judged by."""

import torch
import torch.nn.functional as F

from embedders import random_jitter


def reconstruction(made, real, inside):
    """L1 of RGB or RGBA at full and at a quarter of the resolution, and of what a blur takes away; where `inside` [n, 1, S, S] is 1."""
    apart = (made - real) * inside
    edges = (high_pass(made) - high_pass(real)) * inside
    return apart.abs().mean() + F.avg_pool2d(apart, 4).abs().mean() + 2 * edges.abs().mean()


def imitation(made, taught):
    """The same without the finest detail, in which the earlier generator's pixel grid lies."""
    made, taught = F.avg_pool2d(made, 2), F.avg_pool2d(taught, 2)
    return reconstruction(made, taught, torch.ones_like(made[:, :1]))


def high_pass(x):
    return x - F.avg_pool2d(x, 5, 1, 2, count_include_pad=False)


def matching(made, real):
    """Frozen features of a face and of its reconstruction, stage by stage, relative to their size."""
    return sum((m.float() - r.float()).abs().mean() / (r.float().abs().mean() + 1e-4) for m, r in zip(made, real))


def relativistic(better, worse):
    """softplus(worse - better) of each score against its partner's (Jolicoeur-Martineau 2018), the mean of every kind of score."""
    return sum(F.softplus(w - b).mean() for b, w in zip(better, worse)) / len(better)


def roughness(critic, images, scores, sigma=0.02):
    """How far the critic's scores move with noise of `sigma`, squared, in units of it: R1 and R2 without a second derivative."""
    moved = critic(images + sigma * torch.randn_like(images))
    return sum((m - s).square().mean() for m, s in zip(moved, scores)) / sigma**2


def disguise(images):
    """Shifts by whole pixels, other colours, now and then a hole: a critic that sees few portraits often must not know them by heart
    (Zhao et al. 2020, differentiable augmentation). [n, 3, S, S] in [0, 1].
    """
    n, size = len(images), images.shape[2]
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = 1
    theta[:, :, 2] = torch.randint(-size // 10, size // 10 + 1, (n, 2)) * (2 / size)
    moved = F.grid_sample(images, F.affine_grid(theta, images.shape, align_corners=False), "nearest", "reflection", False)
    grey = moved.mean(1, keepdim=True)
    moved = grey + (moved - grey) * (0.6 + 0.8 * torch.rand(n, 1, 1, 1))
    middle = moved.mean((1, 2, 3), keepdim=True)
    moved = middle + (moved - middle) * (0.7 + 0.6 * torch.rand(n, 1, 1, 1)) + 0.4 * (torch.rand(n, 1, 1, 1) - 0.5)
    along = torch.arange(size)
    hidden = lambda at: ((along[None] - at[:, None]).abs() < size // 6) & (torch.rand(n, 1) < 0.4)
    hole = hidden(torch.randint(size, (n,)))[:, None, :, None] & hidden(torch.randint(size, (n,)))[:, None, None, :]
    return moved.masked_fill(hole, 0.5)


def kl(mean, log_variance, free_bits=0.05):
    """Per image, each latent dimension below its free bits costs nothing."""
    each = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)
    return each.mean(0).clamp(min=free_bits).sum()


def disturb(frames):
    """Light, contrast, blur and grain before an embedder looks, so that only what survives them counts as identity."""
    n = len(frames)
    gain = 1 + torch.randn(n, 3, 1, 1) * 0.08
    frames = frames * gain + torch.randn(n, 1, 1, 1) * 0.06
    blurred = F.avg_pool2d(F.pad(frames, (1, 1, 1, 1), mode="reflect"), 3, 1)
    share = torch.rand(n, 1, 1, 1)
    return frames * share + blurred * (1 - share) + torch.randn_like(frames) * 0.03 * torch.rand(n, 1, 1, 1)


def seen_by(embedder, made):
    """Embeddings of made faces, disturbed and slightly moved first."""
    return embedder(disturb(made), random_jitter(len(made)))


def contrast(found, temperature=0.12):
    """Pairs (2k, 2k + 1) show one identity: each must be the other's nearest (InfoNCE)."""
    similarity = found @ found.T / temperature
    similarity.fill_diagonal_(-1e4)
    partner = torch.arange(len(found)) ^ 1
    return F.cross_entropy(similarity, partner)
