"""The original weights, from a folder laid out as Arc2Face's own instructions lay it out.

    arc2face/                    U-Net: config.json, diffusion_pytorch_model.safetensors
    encoder/                     CLIP text model: config.json, pytorch_model.bin
    antelopev2/arcface.onnx      Arc2Face's own face recognition network
    vae/                         of Stable Diffusion 1.5
    lcm-lora-sdv1-5/             few steps: pytorch_lora_weights.safetensors
"""

from dataclasses import dataclass
from pathlib import Path

import onnx
import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextModel

UNET, ENCODER, ARCFACE, VAE = "arc2face", "encoder", "antelopev2/arcface.onnx", "vae"
LORA = "lcm-lora-sdv1-5/pytorch_lora_weights.safetensors"


@dataclass
class Weights:
    arcface: onnx.ModelProto
    encoder: CLIPTextModel
    unet: UNet2DConditionModel
    vae: AutoencoderKL


def load(folder: Path) -> Weights:
    """Everything in float32, whatever it was saved in. Exits saying what is missing."""
    missing = [name for name in (UNET, ENCODER, ARCFACE, VAE) if not (folder / name).exists()]
    if missing:
        raise SystemExit(f"{folder} lacks {', '.join(missing)}: see training/arc2face/weights.py for its layout")
    models = [
        CLIPTextModel.from_pretrained(folder / ENCODER, dtype=torch.float32),
        UNet2DConditionModel.from_pretrained(folder / UNET, torch_dtype=torch.float32),
        AutoencoderKL.from_pretrained(folder / VAE, torch_dtype=torch.float32),
    ]
    for model in models:
        model.eval().requires_grad_(False)
    return Weights(onnx.load(folder / ARCFACE), *models)


def load_few_step_unet(folder: Path) -> UNet2DConditionModel:
    """The U-Net with the latent consistency adapter fused into it. Exits where there is none."""
    if not (folder / LORA).exists():
        raise SystemExit(f"{folder} has no {LORA}: --few-step needs it")
    weights = load(folder)
    pipe = StableDiffusionPipeline(
        vae=weights.vae, text_encoder=weights.encoder, unet=weights.unet, tokenizer=None, scheduler=None,
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )
    pipe.load_lora_weights(folder / LORA)
    pipe.fuse_lora(components=["unet"])
    pipe.unload_lora_weights()
    return pipe.unet
