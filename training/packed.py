"""Packed reference embeddings, as the product makes them, for evaluation: Eq. 2 of the HyperFace paper with Adam."""

import torch
import torch.nn.functional as F


def pack(gallery, identities: int, iterations=1000, alpha=0.5, rate=0.01, seed=0):
    """gallery [n, 512] unit -> [identities, 512] unit: far from one another, near the gallery.

    Minimises the mean of each point's largest cosine plus alpha times the mean distance to the nearest of the gallery.
    """
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(len(gallery), generator=generator)[:identities]
    x = gallery[chosen].clone().requires_grad_()
    optimiser = torch.optim.Adam([x], lr=rate)
    for step in range(iterations):
        optimiser.param_groups[0]["lr"] = rate * 0.75 ** (step * 20 // iterations)
        similarity = x @ x.T - 2 * torch.eye(identities)
        loss = similarity.amax(1).mean() + alpha * (1 - (x @ gallery.T).amax(1)).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        with torch.no_grad():
            x.copy_(F.normalize(x, dim=1))
    x = x.detach()
    return x, float((x @ x.T - 2 * torch.eye(identities)).max())
