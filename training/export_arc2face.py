"""Writes Arc2Face as ONNX graphs with manifests, for the generate and embed services.

    pip install -r arc2face/requirements.txt
    python export_arc2face.py --weights FOLDER --out MODELS_DIR [--half] [--few-step] [--final-sigma sigma_min]

FOLDER is laid out as arc2face/weights.py says. Two models are written: the generator (identity encoder, U-Net, decoder,
states of the empty prompt) and the embedder whose identities it follows. Each graph is compared with PyTorch before
anything takes its place.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parent / "arc2face"))
import onnx_files  # noqa: E402
import weights as original  # noqa: E402
from graphs import LENGTH, Decoder, IdentityEncoder, NoisePredictor  # noqa: E402

TERMS = (
    "Arc2Face: weights for research, non-commercial use; Stable Diffusion 1.5's decoder: CreativeML Open RAIL-M. "
    "Read both before you publish what is made with them."
)
ARCFACE_TERMS = "antelopev2 of InsightFace, as published with Arc2Face: non-commercial research"


def write_embedder(model, folder: Path, name: str) -> dict:
    folder.mkdir()
    dimension = onnx_files.free_batch(model, folder / "arcface.onnx")
    file = onnx_files.describe(folder / "arcface.onnx")
    manifest = {
        "kind": "embedder", "name": name, "licence": ARCFACE_TERMS, "source": original.ARCFACE, "file": file,
        "dimension": dimension, "channels": "rgb", "mean": 127.5, "scale": 127.5,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return manifest


def write_encoder(module, reference, folder: Path, dimension: int):
    faces = lambda n: torch.nn.functional.normalize(torch.randn(n, dimension), dim=1)
    tests = [(faces(n),) for n in (1, 3)]
    onnx_files.write(module, folder / "encoder.onnx", {"face": faces(2)}, "states", [{0: "N"}], tests, reference)
    with torch.no_grad():
        np.save(folder / "unconditional.npy", reference.unconditional().numpy())


def write_unet(module, reference, path: Path):
    width = module.unet.config.cross_attention_dim
    values = lambda n, h, w, t: (torch.randn(n, 4, h, w), torch.tensor([t]), torch.randn(n, LENGTH, width))
    example = dict(zip(("latents", "timestep", "states"), values(2, 8, 16, 500)))
    dynamic = [{0: "N", 2: "H", 3: "W"}, None, {0: "N"}]
    tests = [values(1, 8, 8, 999), values(6, 16, 8, 1), values(2, 8, 24, 480)]
    onnx_files.write(module, path, example, "noise", dynamic, tests, reference)


def write_decoder(module, reference, path: Path):
    latents = lambda n, h, w: torch.randn(n, 4, h, w)
    dynamic, tests = [{0: "N", 2: "H", 3: "W"}], [(latents(1, 8, 8),), (latents(3, 16, 8),)]
    onnx_files.write(module, path, {"latents": latents(2, 8, 16)}, "image", dynamic, tests, reference)


def write_generator(folder: Path, embedder: dict, args):
    folder.mkdir()
    dimension = embedder["dimension"]
    precision = lambda model: model.half() if args.half else model
    # Half precision is compared with what it stands for: the same networks in full, loaded a second time.
    full, inner = original.load(args.weights), original.load(args.weights)
    write_encoder(
        IdentityEncoder(precision(inner.encoder), dimension), IdentityEncoder(full.encoder, dimension), folder, dimension
    )
    write_unet(NoisePredictor(precision(inner.unet)), NoisePredictor(full.unet), folder / "unet.onnx")
    write_decoder(Decoder(precision(inner.vae)), Decoder(full.vae), folder / "decoder.onnx")
    files = {"encoder": "encoder.onnx", "unet": "unet.onnx", "decoder": "decoder.onnx", "unconditional": "unconditional.npy"}
    if args.few_step:
        fused = [NoisePredictor(original.load_few_step_unet(args.weights)) for _ in range(2)]
        write_unet(precision(fused[0]), fused[1], folder / "few-step-unet.onnx")
        files["fewStepUnet"] = "few-step-unet.onnx"
    side = 8 * full.unet.config.sample_size
    manifest = {
        "kind": "arc2face", "name": args.name, "version": args.version, "terms": TERMS,
        "embedder": {"name": embedder["name"], "sha256": embedder["file"]["sha256"]},
        "files": {role: onnx_files.describe(folder / path) for role, path in files.items()},
        "size": side, "embeddingDimension": dimension, "finalSigma": args.final_sigma,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="MODELS_DIR of the services")
    parser.add_argument("--name", default="arc2face")
    parser.add_argument("--version", default="1.0.0")
    parser.add_argument("--half", action="store_true", help="float16 within the graphs; inputs and outputs stay float32")
    parser.add_argument("--few-step", action="store_true", help="a second U-Net with the consistency adapter fused")
    parser.add_argument("--final-sigma", choices=["zero", "sigma_min"], default="zero",
                        help="where the solver ends: diffusers' default of today, or that of Arc2Face's own pin (0.22)")
    args = parser.parse_args()
    torch.manual_seed(0)
    args.out.mkdir(parents=True, exist_ok=True)
    # Within the target, so that the last move is a rename.
    with tempfile.TemporaryDirectory(dir=args.out, prefix=".new-") as temporary:
        folders = {name: Path(temporary) / name for name in (f"{args.name}-arcface", args.name)}
        embedder, generator = folders
        manifest = write_embedder(original.load(args.weights).arcface, folders[embedder], embedder)
        write_generator(folders[generator], manifest, args)
        for name, folder in folders.items():
            shutil.rmtree(args.out / name, ignore_errors=True)
            folder.rename(args.out / name)
            print(f"wrote {args.out / name}")


if __name__ == "__main__":
    main()
