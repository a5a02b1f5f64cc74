"""Weights of every network at toy size, seeded and random, in the layout of the original ones.

    python toy.py FOLDER
"""

import sys
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from graphs import LENGTH
from safetensors.torch import save_file
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel
from weights import ARCFACE, ENCODER, LORA, UNET, VAE

FACE, HIDDEN, SEED, RANK = 24, 32, 20240311, 2


def arcface():
    """A face recogniser's shape: 112 x 112 pixels to a vector."""
    stage = lambda i, o: [nn.Conv2d(i, o, 3, stride=4, padding=1), nn.PReLU(o)]
    return nn.Sequential(*stage(3, 4), *stage(4, 8), *stage(8, 8), nn.Flatten(), nn.Linear(32, FACE)).eval()


def encoder():
    return CLIPTextModel(CLIPTextConfig(
        vocab_size=49408, hidden_size=HIDDEN, intermediate_size=2 * HIDDEN, num_hidden_layers=2, num_attention_heads=4,
        max_position_embeddings=LENGTH, hidden_act="quick_gelu", bos_token_id=49406, eos_token_id=49407,
    )).eval()


def unet():
    cross = "CrossAttn{}Block2D".format
    model = UNet2DConditionModel(
        sample_size=8, layers_per_block=1, block_out_channels=(4, 8, 8), norm_num_groups=4, attention_head_dim=2,
        cross_attention_dim=HIDDEN, down_block_types=(cross("Down"),) * 2 + ("DownBlock2D",),
        up_block_types=("UpBlock2D",) + (cross("Up"),) * 2,
    ).eval()
    # At first the noise hardly depends on the states, and a wrong word or guidance would change nothing.
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "attn2.to_out.0.weight" in name or "attn2.to_v.weight" in name:
                weight.mul_(4)
        noise = model(torch.randn(8, 4, 8, 8), torch.tensor([500]), torch.randn(8, LENGTH, HIDDEN)).sample
        model.conv_out.weight.div_(noise.std())
        model.conv_out.bias.zero_()
    return model


def vae():
    levels = 4
    model = AutoencoderKL(
        latent_channels=4, layers_per_block=1, block_out_channels=(4,) * levels, norm_num_groups=2, sample_size=64,
        down_block_types=("DownEncoderBlock2D",) * levels, up_block_types=("UpDecoderBlock2D",) * levels,
    ).eval()
    with torch.no_grad():
        image = model.decode(torch.randn(4, 4, 8, 8) / model.config.scaling_factor).sample
        model.decoder.conv_out.weight.mul_(0.5 / image.std())
    return model


def lora(unet):
    """An adapter of the U-Net's attention, under the names that the original one has."""
    tensors = {}
    for name, module in unet.named_modules():
        if isinstance(module, nn.Linear) and name.endswith(("to_q", "to_k", "to_v", "to_out.0")):
            key = "lora_unet_" + name.replace(".", "_")
            tensors[f"{key}.lora_down.weight"] = torch.randn(RANK, module.in_features) / 2
            tensors[f"{key}.lora_up.weight"] = torch.randn(module.out_features, RANK) / 2
            tensors[f"{key}.alpha"] = torch.tensor(float(RANK))
    return tensors


def write(folder: Path):
    torch.manual_seed(SEED)
    # More threads add in another order.
    torch.set_num_threads(1)
    for name in (ARCFACE, LORA):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
    # As they are published: a batch of one and other names than ours.
    torch.onnx.export(
        arcface(), (torch.randn(1, 3, 112, 112),), str(folder / ARCFACE), dynamo=False,
        input_names=["input.1"], output_names=["embedding"],
    )
    encoder().save_pretrained(folder / ENCODER)
    network = unet()
    network.save_pretrained(folder / UNET)
    vae().save_pretrained(folder / VAE)
    save_file(lora(network), folder / LORA)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
