"""What a made face is judged by."""

import torch
import torch.nn.functional as F

from embedders import random_jitter

# Nodes of the 512-d embedder whose outputs are compared between a face and its reconstruction:
# strides 2, 4 and 8.
PERCEPTUAL_TAPS = (3, 12, 42)


def reconstruction(made, real):
    """L1 at full and at a quarter of the resolution, and of what a blur takes away."""
    fine = (made - real).abs().mean()
    coarse = (F.avg_pool2d(made, 4) - F.avg_pool2d(real, 4)).abs().mean()
    edges = (high_pass(made) - high_pass(real)).abs().mean()
    return fine + coarse + 2 * edges


def high_pass(x):
    return x - F.avg_pool2d(x, 5, 1, 2, count_include_pad=False)


def perceptual(made, real):
    return sum((m.float() - r.float()).abs().mean() / (r.float().abs().mean() + 1e-4) for m, r in zip(made, real))


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


def augment(n: int, size: int):
    """DiffAugment (Zhao et al. 2020): one random change of colour, place and a hole for each image, as a function."""
    light, saturation, contrast_ = torch.rand(n, 1, 1, 1) - 0.5, torch.rand(n, 1, 1, 1) * 2, torch.rand(n, 1, 1, 1) + 0.5
    theta = torch.eye(2, 3).repeat(n, 1, 1)
    theta[:, :, 2] = (torch.rand(n, 2) - 0.5) * 0.25
    corner = torch.randint(0, size - size // 3, (n, 2))
    hole = torch.ones(n, 1, size, size)
    for i in range(n):
        if torch.rand(()) < 0.5:
            y, x = corner[i].tolist()
            hole[i, :, y : y + size // 3, x : x + size // 3] = 0
    grid = F.affine_grid(theta, (n, 3, size, size), align_corners=False)

    def apply(x):
        x = x + light * 0.6
        mean = x.mean(1, keepdim=True)
        x = (x - mean) * saturation + mean
        mean = x.mean((1, 2, 3), keepdim=True)
        x = (x - mean) * contrast_ + mean
        return F.grid_sample(x, grid, padding_mode="zeros", align_corners=False) * hole

    return apply
