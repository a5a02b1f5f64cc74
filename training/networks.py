"""The generator, the encoder that explains a training image by z, and the critics."""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn

EMBEDDING, LATENT, STYLE = 512, 64, 384
# Of z the first dimensions: yaw and pitch, as poses.py sees them.
CODES = 2
SIZE = 128
# Channels at each resolution, in the blocks of sixteen in which ONNX Runtime keeps them: 20 would cost as much as 32.
CHANNELS = {4: 256, 8: 192, 16: 128, 32: 96, 64: 48, 128: 16}
# The highest resolution that the style acts on. Above it elementwise work is what an image costs most of.
STYLED = 32
# Resolutions at which z chooses a grain, of as many maps of noise.
GRAINY, GRAINS = (32, 64, 128), 8


class Modulated(nn.Module):
    """3 x 3 convolution whose output channels the style scales and shifts, by image; `doubled` in size, bilinearly, first.

    The convolution goes before the doubling, with which it nearly commutes, at a quarter of the cost.
    """

    def __init__(self, channels_in, channels_out, doubled=False):
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False)
        self.affine = nn.Linear(STYLE, 2 * channels_out)
        self.doubled = doubled
        nn.init.zeros_(self.affine.bias)
        nn.init.normal_(self.affine.weight, std=0.02)
        nn.init.kaiming_normal_(self.conv.weight, 0.2)

    def forward(self, x, w):
        x = self.conv(x)
        if self.doubled:
            x = double(x)
        scale, shift = self.affine(w).to(x.dtype)[:, :, None, None].chunk(2, 1)
        # Over channels and not over the image: it keeps where things are.
        x = x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-4).to(x.dtype)
        return F.leaky_relu(torch.addcmul(shift, x, 1 + scale), 0.2)


class Plain(nn.Module):
    """The same without a style, which the runtime makes one operation of; doubled behind it."""

    def __init__(self, channels_in, channels_out, doubled=False):
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, 3, padding=1)
        self.doubled = doubled
        nn.init.kaiming_normal_(self.conv.weight, 0.2)

    def forward(self, x, w):
        x = F.leaky_relu(self.conv(x), 0.2)
        return double(x) if self.doubled else x


class Grain(nn.Module):
    """A mixture of fixed maps of noise, chosen by z: what neither embedding nor z has room to say, as where each hair lies."""

    def __init__(self, resolution, channels):
        super().__init__()
        random = torch.Generator("cpu").manual_seed(resolution)
        maps = torch.randn(GRAINS, resolution * resolution, generator=random, device="cpu")
        self.register_buffer("maps", maps.to(torch.get_default_device()))
        self.choose = nn.Linear(LATENT, GRAINS, bias=False)
        self.spread = nn.Conv2d(1, channels, 3, padding=1, bias=False)
        nn.init.zeros_(self.spread.weight)

    def forward(self, x, z):
        noise = F.normalize(self.choose(z).float(), dim=1) @ self.maps
        return x + self.spread(noise.view(-1, 1, *x.shape[2:])).to(x.dtype)


class Generator(nn.Module):
    """embedding [N, 512] unit, z [N, 64] -> [N, 4, 128, 128] in [0, 1]: the picture's RGB, and alpha, what of it is of the person."""

    def __init__(self):
        super().__init__()
        self.mapping = nn.Sequential(
            nn.Linear(EMBEDDING + LATENT, 512), nn.LeakyReLU(0.2), nn.Linear(512, 512), nn.LeakyReLU(0.2), nn.Linear(512, STYLE)
        )
        self.start = nn.Linear(EMBEDDING + LATENT, CHANNELS[4] * 16)
        self.blocks = nn.ModuleList()
        previous = CHANNELS[4]
        for r, channels in CHANNELS.items():
            layer = Modulated if r <= STYLED else Plain
            self.blocks.append(nn.ModuleList([layer(previous, channels, doubled=r > 4), layer(channels, channels)]))
            previous = channels
        self.to_rgb = nn.ModuleList([nn.Conv2d(CHANNELS[r], 4, 1) for r in (16, 32, 64)])
        # No sub-pixel layer: channels that become pixels leave their grid.
        self.to_rgb.append(nn.Conv2d(CHANNELS[128], 4, 3, padding=1))
        self.grain = nn.ModuleDict({str(r): Grain(r, CHANNELS[r]) for r in GRAINY})
        # Of z over the training images, as the encoder sees them: far from standard normal.
        self.register_buffer("latent_mean", torch.zeros(LATENT))
        self.register_buffer("latent_covariance", torch.eye(LATENT))

    def latent(self, noise):
        """Standard normal noise [N, 64] -> z [N, 64] as the training images have it."""
        # cholesky() would wait for a GPU to say whether it went well.
        return self.latent_mean + noise @ torch.linalg.cholesky_ex(self.latent_covariance).L.T

    @torch.no_grad()
    def follow_latents(self, mean, variance, rate=0.01):
        """Moves the moments of z towards those of a batch's posteriors."""
        self.latent_mean.lerp_(mean.mean(0), rate)
        apart = mean - self.latent_mean
        self.latent_covariance.lerp_(apart.T @ apart / len(mean) + torch.diag(variance.mean(0)), rate)

    def code(self, embedding, z):
        # Entries of a unit vector are about 1 / sqrt(512): brought to unit variance.
        return torch.cat([embedding * EMBEDDING**0.5, z], 1)

    def forward(self, embedding, z):
        code = self.code(embedding, z)
        w = self.mapping(code)
        x = self.start(code).view(-1, CHANNELS[4], 4, 4)
        rgb, heads = None, iter(self.to_rgb)
        for r, (first, second) in zip(CHANNELS, self.blocks):
            x = first(x, w)
            x = second(self.grain[str(r)](x, z) if r in GRAINY else x, w)
            if r >= 16:
                y = next(heads)(x)
                rgb = y if rgb is None else y + double(rgb)
        return torch.sigmoid(rgb.float())


def double(x):
    return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


def _down(channels_in, channels_out):
    return nn.Sequential(nn.Conv2d(channels_in, channels_out, 4, 2, 1), nn.LeakyReLU(0.2))


class Encoder(nn.Module):
    """Image and embedding -> mean and log variance of z: what the embedding does not say (pose, light, ground)."""

    def __init__(self):
        super().__init__()
        widths = [3, 48, 96, 160, 192]
        self.body = nn.Sequential(*[_down(a, b) for a, b in pairwise(widths)])
        self.head = nn.Sequential(nn.Linear(192 * 16 + EMBEDDING, 256), nn.LeakyReLU(0.2), nn.Linear(256, 2 * LATENT))

    def forward(self, image, embedding):
        # What z says is coarse: half the frame's resolution shows it.
        h = self.body(F.interpolate(image, (64, 64), mode="area") * 2 - 1).flatten(1)
        mean, log_variance = self.head(torch.cat([h, embedding * EMBEDDING**0.5], 1)).float().chunk(2, 1)
        return mean, log_variance.clamp(-8, 2)


class Critic(nn.Module):
    """Real or made, of patches of 22 pixels and of the whole face, at full resolution.

    It is not told the identity: packed ones would give the made ones away. `width`: of its layers, 1 for a CPU.
    """

    def __init__(self, width=1):
        super().__init__()
        widths = [3, *(width * w for w in (24, 48, 96, 160, 224))]
        self.body = nn.ModuleList([_down(a, b) for a, b in pairwise(widths)])
        self.patch = nn.Conv2d(widths[3], 1, 3, padding=1)
        self.whole = nn.Sequential(nn.Flatten(), nn.Linear(widths[-1] * 16, 256), nn.LeakyReLU(0.2), nn.Linear(256, 1))

    def forward(self, image):
        """Scores of the patches and of the whole, [N, 256] and [N, 1]."""
        x = image * 2 - 1
        for i, layer in enumerate(self.body):
            x = layer(x)
            if i == 2:
                patches = self.patch(x).float().flatten(1)
        return [patches, self.whole(x).float()]


class FeatureCritic(nn.Module):
    """Real or made, seen through frozen features: a small head for each stage (Sauer et al. 2021, without their mixing)."""

    def __init__(self, channels):
        super().__init__()
        norm = nn.utils.parametrizations.spectral_norm
        self.heads = nn.ModuleList(
            nn.Sequential(norm(nn.Conv2d(c, 64, 1)), nn.LeakyReLU(0.2), norm(nn.Conv2d(64, 64, 3, padding=1)), nn.LeakyReLU(0.2),
                          norm(nn.Conv2d(64, 1, 1)))
            for c in channels
        )

    def forward(self, features):
        """Features of each stage [N, C, H, W] -> scores of each stage [N, H W]."""
        return [head(f).float().flatten(1) for head, f in zip(self.heads, features)]
