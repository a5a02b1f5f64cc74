"""Pictures of an earlier generator for the thin one to begin with, before plain grounds.

    python teacher.py --generator ../apps/generate-svc/models/default --data work/crops --packings work/packings.f32 --models .hyperface/models

A packed embedding lies off the faces the earlier one can draw: it is drawn to them first, as the product draws it.
Writes teacher.npz beside the crops: embeddings [n, 512], z [n, 64] as the earlier one saw it, images [n, 128, 128, 3] uint8.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch
from onnx import numpy_helper
from safetensors.numpy import load_file

from data import Faces, packed_identities
from manifold import draw
from mattes import before_plain_ground, cut_out, matte
from mtcnn import session


def moments(path: Path):
    """Mean and truncated factor that an exported generator gives z, from its weights."""
    arrays = [(t.name, numpy_helper.to_array(t).astype(np.float32)) for t in onnx.load(str(path)).graph.initializer]
    mean = next(a for n, a in arrays if "latent_mean" in n)
    factor = next(a for n, a in arrays if a.shape == (64, 64))
    return mean, factor


def on_plain_ground(image, models: Path):
    """A frame as align.py shows training images."""
    portrait = cv2.copyMakeBorder(cv2.resize(image, (192, 192), interpolation=cv2.INTER_CUBIC), 40, 24, 32, 32, cv2.BORDER_REPLICATE)
    alpha = cv2.resize(matte(portrait, models)[40:232, 32:224], (128, 128), interpolation=cv2.INTER_AREA)
    return before_plain_ground(image, cut_out(image, alpha))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("generator", "data", "packings", "models"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--count", type=int, default=8000)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    faces = Faces(options.data, options.index)
    plain = np.array([name[0] in "ab" for name in faces.names])
    manifold = load_file(options.generator / "controls.safetensors")
    packings = packed_identities(options.packings).numpy()
    n = options.count
    # Of natural portraits it drew clutter, which is not worth learning.
    seen = faces.embeddings[torch.multinomial(faces.weights * torch.from_numpy(plain), n // 2)].numpy()
    packed = packings[random.integers(0, len(packings), n - n // 2)]
    embeddings = np.concatenate([seen, packed])[order := random.permutation(n)]
    near = np.concatenate([seen, draw(packed, manifold).astype(np.float32)])[order]
    noise = random.standard_normal((n, 64)).astype(np.float32)
    path = options.generator / "generator.onnx"
    teacher, (mean, factor) = session(path), moments(path)
    images = []
    for i in range(0, n, 8):
        made = teacher.run(None, {"embedding": near[i : i + 8], "z": noise[i : i + 8]})[0]
        images += [on_plain_ground(image, options.models) for image in (made * 255).round().astype(np.uint8).transpose(0, 2, 3, 1)]
    np.savez(options.data / "teacher.npz", embeddings=embeddings, z=mean + noise @ factor, images=np.stack(images))


if __name__ == "__main__":
    main()
