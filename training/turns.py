"""A face turned a little and lit from a side, by a generic relief of a head in the generator's frame: what an embedding does not say."""

import math

import torch
import torch.nn.functional as F

SIZE = 128
# Degrees; beyond the most, a turned portrait tears.
YAW, PITCH, MOST_YAW, MOST_PITCH = 10.0, 6.0, 20.0, 12.0
# Height at which a head turns about its own axis, and where in the frame its middle lies.
AXIS, MIDDLE = 14.0, (64.0, 66.0)


def _blur(x, sigma):
    reach = math.ceil(3 * sigma)
    line = torch.exp(-0.5 * (torch.arange(-reach, reach + 1.0) / sigma) ** 2)
    line /= line.sum()
    x = F.pad(x[None, None], (reach,) * 4, mode="reflect")
    return F.conv2d(F.conv2d(x, line.view(1, 1, 1, -1)), line.view(1, 1, -1, 1))[0, 0]


class Head:
    """height [S, S] in pixels, normals [2, S, S] and how far each pixel belongs to the head, [S, S] in 0 to 1."""

    def __init__(self):
        along = torch.arange(float(SIZE))
        self.y, self.x = torch.meshgrid(along, along, indexing="ij")
        bump = lambda x, y, across, down: torch.exp(-(((self.x - x) / across) ** 2) - ((self.y - y) / down) ** 2)
        skull = 30 * (1 - ((self.x - 64) / 38) ** 2 - ((self.y - 66) / 56) ** 2).clamp(min=0).sqrt()
        features = 9 * bump(64, 76, 6.5, 11) + 2 * bump(64, 52, 26, 6) + 3 * bump(64, 108, 12, 8)
        self.height = _blur(skull + features - 3 * (bump(47, 61, 7, 5) + bump(81, 61, 7, 5)), 2.2)
        down, across = torch.gradient(self.height)
        self.normals = torch.stack([-across, -down]) / torch.sqrt(1 + across**2 + down**2)
        edge = torch.stack([self.x, self.y, SIZE - 1 - self.x, SIZE - 1 - self.y]).amin(0)
        self.belongs = _blur((self.height / 8).clamp(0, 1), 5) * (edge / 10).clamp(0, 1)

    def turned(self, yaw, pitch):
        """Where to look for each pixel of heads turned by `yaw` and `pitch` [n], radians: a grid [n, S, S, 2] for grid_sample."""
        yaw, pitch = yaw[:, None, None], pitch[:, None, None]
        wider = (self.x - MIDDLE[0]) * (1 / yaw.cos() - 1)
        higher = (self.y - MIDDLE[1]) * (1 / pitch.cos() - 1)
        height = (self.height - AXIS)[None, None].expand(len(yaw), 1, SIZE, SIZE)
        x, y = self.x.expand_as(wider), self.y.expand_as(higher)
        # The height that counts is that of the pixel which comes to lie here: three rounds settle it.
        for _ in range(3):
            h = F.grid_sample(height, self._grid(x, y), padding_mode="border", align_corners=False)[:, 0]
            x = self.x + (wider - h * yaw.sin()) * self.belongs
            y = self.y + (higher - h * pitch.sin()) * self.belongs
        return self._grid(x, y)

    @staticmethod
    def _grid(x, y):
        return torch.stack([(x + 0.5) * (2 / SIZE) - 1, (y + 0.5) * (2 / SIZE) - 1], -1)

    def light(self, across, down, gain, warmth):
        """Factors [n, 3, S, S] of light from a side, from above, its strength and its colour; each [n]."""
        shade = 1 + across[:, None, None] * self.normals[0] + down[:, None, None] * self.normals[1]
        colour = torch.stack([1 + warmth, torch.ones_like(warmth), 1 - warmth], 1) * gain[:, None]
        return shade[:, None] * colour[:, :, None, None]


def vary(head: Head, shown, share=0.6):
    """A batch [n, 3 + k, S, S] of portraits, of which `share` are turned and as many lit otherwise; the planes behind RGB turn with them."""
    n = len(shown)
    some = lambda: (torch.rand(n) < share).float()
    degrees = math.pi / 180 * some()
    yaw = (torch.randn(n) * YAW).clamp(-MOST_YAW, MOST_YAW) * degrees
    pitch = (torch.randn(n) * PITCH).clamp(-MOST_PITCH, MOST_PITCH) * degrees
    turned = F.grid_sample(shown, head.turned(yaw, pitch), mode="bicubic", padding_mode="reflection", align_corners=False).clamp(0, 1)
    lit = some()
    light = head.light(*(torch.randn(n) * s * lit for s in (0.15, 0.08)), torch.exp(0.12 * torch.randn(n) * lit), 0.04 * torch.randn(n) * lit)
    return torch.cat([(turned[:, :3] * light).clamp(0, 1), turned[:, 3:]], 1)
