"""The generator, the encoder that explains a training image by z, and the discriminator."""

import torch
import torch.nn.functional as F
from torch import nn

EMBEDDING, LATENT = 512, 64


class Modulated(nn.Module):
    """3 x 3 convolution whose output channels the style scales and shifts, by image."""

    def __init__(self, channels_in, channels_out, style, norm):
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False)
        self.affine = nn.Linear(style, 2 * channels_out)
        self.norm = norm
        nn.init.zeros_(self.affine.bias)
        nn.init.normal_(self.affine.weight, std=0.02)
        nn.init.kaiming_normal_(self.conv.weight, 0.2)

    def forward(self, x, w):
        x = self.conv(x)
        scale, shift = self.affine(w).to(x.dtype)[:, :, None, None].chunk(2, 1)
        if self.norm:
            # Over channels and not over the image: it keeps where things are.
            x = x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-4).to(x.dtype)
        return F.leaky_relu(x * (1 + scale) + shift, 0.2)


class Generator(nn.Module):
    """embedding [N, 512] unit, z [N, 64] -> image [N, 3, 128, 128], RGB in [0, 1]."""

    def __init__(self, style=384):
        super().__init__()
        levels = {4: 256, 8: 256, 16: 224, 32: 144, 64: 72}
        self.mapping = nn.Sequential(
            nn.Linear(EMBEDDING + LATENT, 512), nn.LeakyReLU(0.2), nn.Linear(512, 512), nn.LeakyReLU(0.2), nn.Linear(512, style)
        )
        self.start = nn.Linear(EMBEDDING + LATENT, levels[4] * 16)
        self.blocks = nn.ModuleList()
        previous = levels[4]
        for r in levels:
            channels = levels[r]
            # Elementwise work at a high resolution is what a step costs most of.
            norm = r < 64
            self.blocks.append(
                nn.ModuleList([Modulated(previous, channels, style, norm), Modulated(channels, channels, style, norm)])
            )
            previous = channels
        self.to_rgb = nn.ModuleList([nn.Conv2d(levels[r], 3, 1) for r in levels if r >= 16])
        # The last doubling is sub-pixel: channels become pixels.
        self.shuffle = Modulated(previous, 4 * 24, style, False)
        self.last = nn.Conv2d(24, 3, 3, padding=1)
        # So the second stage begins where the first ended.
        nn.init.normal_(self.last.weight, std=0.002)
        nn.init.zeros_(self.last.bias)
        # Of z over the training images, as the encoder sees them: far from standard normal.
        self.register_buffer("latent_mean", torch.zeros(LATENT))
        self.register_buffer("latent_covariance", torch.eye(LATENT))

    def latent(self, noise):
        """Standard normal noise [N, 64] -> z [N, 64] as the training images have it."""
        return self.latent_mean + noise @ torch.linalg.cholesky(self.latent_covariance).T

    @torch.no_grad()
    def follow_latents(self, mean, variance, rate=0.01):
        """Moves the moments of z towards those of a batch's posteriors."""
        self.latent_mean.lerp_(mean.mean(0), rate)
        apart = mean - self.latent_mean
        self.latent_covariance.lerp_(apart.T @ apart / len(mean) + torch.diag(variance.mean(0)), rate)

    def forward(self, embedding, z, half=False):
        """`half`: without the last doubling, as the first stage of training needs."""
        # Entries of a unit vector are about 1 / sqrt(512): brought to unit variance.
        code = torch.cat([embedding * EMBEDDING**0.5, z], 1)
        w = self.mapping(code)
        x = self.start(code).view(-1, 256, 4, 4)
        rgb, heads = None, iter(self.to_rgb)
        for i, (first, second) in enumerate(self.blocks):
            if i > 0:
                x = double(x)
            x = second(first(x, w), w)
            if x.shape[2] >= 16:
                y = next(heads)(x)
                rgb = y if rgb is None else y + double(rgb)
        if half:
            return torch.sigmoid(rgb.float())
        x = F.pixel_shuffle(self.shuffle(x, w), 2)
        return torch.sigmoid((double(rgb) + self.last(x)).float())


def double(x):
    return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


def _down(channels_in, channels_out, norm=lambda m: m):
    return nn.Sequential(norm(nn.Conv2d(channels_in, channels_out, 4, 2, 1)), nn.LeakyReLU(0.2))


class Encoder(nn.Module):
    """Image and embedding -> mean and log variance of z: what the embedding does not say (pose, light, ground)."""

    def __init__(self):
        super().__init__()
        widths = [3, 48, 96, 160, 192]
        self.body = nn.Sequential(*[_down(a, b) for a, b in zip(widths, widths[1:])])
        self.head = nn.Sequential(nn.Linear(192 * 16 + EMBEDDING, 256), nn.LeakyReLU(0.2), nn.Linear(256, 2 * LATENT))

    def forward(self, image, embedding):
        # What z says is coarse: half the frame's resolution shows it.
        h = self.body(F.interpolate(image, (64, 64), mode="area") * 2 - 1).flatten(1)
        mean, log_variance = self.head(torch.cat([h, embedding * EMBEDDING**0.5], 1)).float().chunk(2, 1)
        return mean, log_variance.clamp(-8, 2)


class Discriminator(nn.Module):
    """Real or made, at the scale of patches and of the whole face; conditioned on the embedding by projection.

    Takes 64 or 128 pixels: each has a stem of its own, the rest is shared between the stages.
    """

    def __init__(self):
        super().__init__()
        norm = nn.utils.parametrizations.spectral_norm
        stems = {"64": norm(nn.Conv2d(3, 32, 3, 1, 1)), "128": norm(nn.Conv2d(3, 32, 4, 2, 1))}
        self.stems = nn.ModuleDict({name: nn.Sequential(stem, nn.LeakyReLU(0.2)) for name, stem in stems.items()})
        widths = [32, 64, 128, 224, 256]
        self.body = nn.ModuleList([_down(a, b, norm) for a, b in zip(widths, widths[1:])])
        self.patch = norm(nn.Conv2d(224, 1, 3, padding=1))
        self.whole = nn.Sequential(norm(nn.Conv2d(257, 256, 3, padding=1)), nn.LeakyReLU(0.2), nn.Flatten(), norm(nn.Linear(256 * 16, 256)))
        self.score = norm(nn.Linear(256, 1))
        self.project = norm(nn.Linear(EMBEDDING, 256))

    def forward(self, image, embedding):
        x = self.stems[str(image.shape[2])](image * 2 - 1)
        features = [x]
        for layer in self.body:
            features.append(x := layer(x))
        # How much a batch varies tells a collapsed generator.
        spread = x.float().std(0, unbiased=False).mean().to(x.dtype).expand(len(x), 1, *x.shape[2:])
        h = F.leaky_relu(self.whole(torch.cat([x, spread], 1)), 0.2)
        whole = self.score(h)[:, 0] + (h * self.project(embedding * EMBEDDING**0.5)).sum(1) / 16
        return whole.float(), self.patch(features[-2]).float().flatten(1), features
