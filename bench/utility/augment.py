"""What photographs do to faces and generated ones lack: movement, light, blur, low resolution, noise, things in front."""

import torch
import torch.nn.functional as F

from network import SIDE


class Augment:
    """Canvases [n, 1, 80, 80] in [0, 1] to other views of their middle [n, 1, 64, 64]. All random numbers are the seed's."""

    def __init__(self, seed):
        self.random = torch.Generator().manual_seed(seed)

    def __call__(self, canvases):
        x = self.moved(canvases)
        chance = torch.rand(len(x), generator=self.random)
        x = self.only(x, chance < 0.2, lambda some: blurred(some, self.between(0.5, 1.6)))
        x = self.only(x, (chance >= 0.2) & (chance < 0.4), lambda some: coarse(some, int(self.between(20, 44))))
        x = self.lit(x)
        x = (x + 0.02 * torch.randn(x.shape, generator=self.random)).clamp(0, 1)
        return self.covered(x)

    def uniform(self, n, low, high):
        return torch.rand(n, generator=self.random) * (high - low) + low

    def between(self, low, high):
        return float(self.uniform(1, low, high))

    @staticmethod
    def only(images, mask, change):
        chosen = mask.nonzero()[:, 0]
        return images.index_copy(0, chosen, change(images[chosen])) if len(chosen) else images

    def moved(self, canvases):
        n = len(canvases)
        scale = self.uniform(n, 0.9, 1.1) * SIDE / canvases.shape[-1]
        angle = self.uniform(n, -0.14, 0.14)
        mirror = torch.where(torch.rand(n, generator=self.random) < 0.5, -1.0, 1.0)
        cos, sin = scale * angle.cos(), scale * angle.sin()
        rows = [mirror * cos, -sin, self.uniform(n, -0.07, 0.07), mirror * sin, cos, self.uniform(n, -0.07, 0.07)]
        grid = F.affine_grid(torch.stack(rows, 1).view(n, 2, 3), (n, 1, SIDE, SIDE), align_corners=False)
        return F.grid_sample(canvases, grid, padding_mode="reflection", align_corners=False)

    def lit(self, images):
        n = len(images)
        one = lambda low, high: self.uniform(n, low, high)[:, None, None, None]
        ramp = torch.linspace(-1, 1, SIDE)
        images = images.clamp(1e-3, 1) ** one(-0.4, 0.4).exp()
        return images * (1 + one(-0.3, 0.3) * ramp + one(-0.2, 0.2) * ramp[:, None]) * one(0.7, 1.3)

    def covered(self, images):
        for i in (torch.rand(len(images), generator=self.random) < 0.25).nonzero()[:, 0].tolist():
            height, width = int(self.between(8, 28)), int(self.between(8, 28))
            y, x = int(self.between(0, SIDE - height)), int(self.between(0, SIDE - width))
            images[i, :, y : y + height, x : x + width] = self.between(0, 1)
        return images


def blurred(images, sigma):
    at = torch.arange(-3, 4).float()
    kernel = torch.exp(-at * at / (2 * sigma * sigma))
    kernel = (kernel / kernel.sum()).view(1, 1, 1, 7)
    rows = F.conv2d(F.pad(images, (3, 3, 3, 3), mode="reflect"), kernel)
    return F.conv2d(rows, kernel.transpose(2, 3))


def coarse(images, side):
    small = F.interpolate(images, size=(side, side), mode="area")
    return F.interpolate(small, size=(SIDE, SIDE), mode="bilinear", align_corners=False)
