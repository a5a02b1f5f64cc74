"""Writes a trained generator as generator.onnx and brings manifest.json up to date.

    python export.py --checkpoint work/run/checkpoint.pt --out ../apps/generate-svc/models/default --version 2.0.0

prior.py writes prior.onnx into the same folder, and comes first. Of the manifest there, version and files are renewed.
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F

from networks import CODES, EMBEDDING, LATENT, Generator


class Exported(torch.nn.Module):
    def __init__(self, generator, truncation):
        super().__init__()
        self.generator = generator
        # Extremes of z are the worst pictures; of its codes of pose they are turned heads.
        kept = torch.full((LATENT,), truncation)
        kept[:CODES] = 1
        self.register_buffer("factor", torch.linalg.cholesky(generator.latent_covariance) * kept)

    def forward(self, embedding, z):
        return self.generator(embedding, self.generator.latent_mean + z @ self.factor.T).split((3, 1), 1)


def write_generator(generator, path: Path, truncation: float):
    """Exports, compares ONNX Runtime with PyTorch, and only then puts the file in place."""
    # The shipped weights are the float16 ones: half the file. All arithmetic stays float32.
    generator = generator.eval().half().float()
    model = Exported(generator, truncation)
    example = F.normalize(torch.randn(3, EMBEDDING), dim=1), torch.randn(3, LATENT)
    names = {"input_names": ["embedding", "z"], "output_names": ["image", "alpha"]}
    dynamic = {name: {0: "N"} for name in ("embedding", "z", "image", "alpha")}
    new = path.with_suffix(".new")
    torch.onnx.export(model, example, str(new), opset_version=17, dynamo=False, dynamic_axes=dynamic, **names)
    onnx.save(halve_weights(onnx.load(str(new))), str(new))
    session = onnxruntime.InferenceSession(str(new), providers=["CPUExecutionProvider"])
    with torch.no_grad():
        wanted = [planes.numpy() for planes in model(*example)]
    for n in (1, 3):
        feeds = {"embedding": example[0][:n].numpy(), "z": example[1][:n].numpy()}
        difference = max(np.abs(f - w[:n]).max() for f, w in zip(session.run(None, feeds), wanted))
        if difference > 1e-4:
            raise SystemExit(f"ONNX Runtime differs from PyTorch by {difference}")
    new.rename(path)


def halve_weights(model):
    """Stores float32 weights that float16 holds exactly as such, with a Cast that the runtime folds when it loads."""
    casts = []
    for tensor in model.graph.initializer:
        value = onnx.numpy_helper.to_array(tensor)
        small = value.astype(np.float16)
        if value.dtype == np.float32 and value.size > 64 and (small == value).all():
            name = tensor.name
            tensor.CopyFrom(onnx.numpy_helper.from_array(small, f"{name}_f16"))
            casts.append(onnx.helper.make_node("Cast", [tensor.name], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def describe(path: Path):
    data = path.read_bytes()
    return {"path": path.name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def renew_manifest(folder: Path, version: str):
    manifest = json.loads((folder / "manifest.json").read_text())
    prior = onnxruntime.InferenceSession(str(folder / "prior.onnx"), providers=["CPUExecutionProvider"])
    manifest |= {
        "version": version,
        "files": {name: describe(folder / f"{name}.onnx") for name in ("generator", "prior")},
        "priorNoiseDimension": prior.get_inputs()[0].shape[1],
    }
    new = folder / "manifest.new"
    new.write_text(json.dumps(manifest, indent=2) + "\n")
    new.rename(folder / "manifest.json")
    return manifest


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--truncation", type=float, default=0.8, help="share of z's spread that is kept: its extremes are the worst pictures")
    options = parser.parse_args()
    generator = Generator()
    generator.load_state_dict(torch.load(options.checkpoint, map_location="cpu")["average"])
    write_generator(generator, options.out / "generator.onnx", options.truncation)
    print(json.dumps(renew_manifest(options.out, options.version), indent=2))


if __name__ == "__main__":
    main()
