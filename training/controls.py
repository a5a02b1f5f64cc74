r"""What a generator can be asked for beside an identity: fits controls.safetensors, and names it in manifest.json.

    python controls.py --generator ../apps/generate-svc/models/default --models ../.hyperface/models --data work/crops \
        --packings work/packings.f32

Axes: directions of z along which pose and light change. Plain: where embeddings of plain portraits lie, to draw others
there. To be run again whenever generator.onnx changes: nothing here knows the weights.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
from safetensors.numpy import save_file

from data import packed_identities
from evaluate import Exported
from export import describe
from held_out import held_out
from manifold import fit_plain, regress
from mtcnn import Detector, similarity, template

AXES = ("yaw", "pitch", "light", "side")
# Beyond this share of its spread in the unit normal z, a direction tears more than it turns.
WIDEST = 1.6
PLAIN_SOURCES = "ab"
# Of a trait's regression on z.
RIDGE = 5.0


def traits(image, points):
    """Yaw, pitch, light and side light of a face, by proxies that need no network, as bench/generate/traits.ts has them.

    image [S, S, 3] uint8 RGB; points [5, 2] as the detector gives them. Yaw: the nose right of the line between eyes and
    mouth, in eye distances; pitch: how far down between them it is; light 0 to 255; side: the right half less the left.
    """
    left, right, nose, mouth_left, mouth_right = points
    span = right - left
    eyes = np.hypot(*span)
    along = span / eyes
    down = np.array([-along[1], along[0]])
    between = (left + right) / 2
    to_nose, to_mouth = nose - between, (mouth_left + mouth_right) / 2 - between
    yaw = (to_nose @ along - to_mouth @ along / 2) / eyes
    pitch = to_nose @ down / max(to_mouth @ down, 1e-3 * eyes)
    thumb = cv2.warpAffine(image, similarity(points, template(32)), (32, 32), flags=cv2.INTER_AREA)
    luma = (thumb @ np.array([0.299, 0.587, 0.114]))[8:28]
    halves = luma[:, 8:16].mean(), luma[:, 16:24].mean()
    return yaw, pitch, sum(halves) / 2, halves[1] - halves[0]


def measure(images, detector):
    """Traits [n, 4] of frames [n, S, S, 3]; not a number where no face is found."""
    found = np.full((len(images), len(AXES)), np.nan)
    for k, image in enumerate(images):
        faces = detector(image)
        if faces is not None and faces[1].max() > 0.9:
            found[k] = traits(image, faces[2][np.argmax(faces[1])])
    return found


def fit_axes(model, detector, identities, each, random):
    """Unit directions [4, k] of z, the share of each trait's variance within an identity that a line explains of
    identities [n, d] left out, and the traits' standard deviations within an identity."""
    noise = random.standard_normal((len(identities), each, model.latent_dimension))
    images = model.images(np.repeat(identities, each, 0), noise.reshape(-1, model.latent_dimension))
    values = measure(images, detector).reshape(len(identities), each, -1)
    seen = ~np.isnan(values).any((1, 2))
    noise, values = noise[seen], values[seen]
    centred = lambda x: x - x.mean(1, keepdims=True)
    z, traits_ = centred(noise), centred(values)
    fold = np.arange(len(z)) % 5
    directions, held_out_r2 = [], []
    for a in range(len(AXES)):
        missed = 0.0
        for k in range(5):
            rest = fold != k
            line = regress(z[rest].reshape(-1, z.shape[2]), traits_[rest, :, a].ravel(), RIDGE)
            missed += ((traits_[~rest, :, a] - z[~rest] @ line) ** 2).sum()
        held_out_r2.append(1 - missed / (traits_[:, :, a] ** 2).sum())
        line = regress(z.reshape(-1, z.shape[2]), traits_[:, :, a].ravel(), RIDGE)
        directions.append(line / np.linalg.norm(line))
    return np.stack(directions), np.array(held_out_r2), within_identity(values)


def within_identity(values):
    """Standard deviations [4] between the faces of an identity; values [identities, each, 4]."""
    values = values[~np.isnan(values).any((1, 2))]
    return np.sqrt(values.var(1, ddof=1).mean(0))


def turn(model, detector, identities, each, random, directions, moves, spread, rest):
    """Standard deviations within an identity once the axes are as wide as `spread` and the rest of z as `rest`, as the product does it."""
    z = random.standard_normal((len(identities) * each, model.latent_dimension))
    z = rest * z + ((spread - rest) * (z @ directions.T)) @ moves
    values = measure(model.images(np.repeat(identities, each, 0), z.astype(np.float32)), detector)
    return within_identity(values.reshape(len(identities), each, -1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--generator", type=Path, required=True, help="folder of generator.onnx and prior.onnx")
    parser.add_argument("--models", type=Path, required=True, help="folder of prepared models")
    parser.add_argument("--data", type=Path, required=True, help="crops and embeddings, as align.py writes them")
    parser.add_argument("--packings", type=Path, required=True, help="packed identities, as packings.ts writes them: they move less than others")
    parser.add_argument("--identities", type=int, default=300)
    parser.add_argument("--samples", type=int, default=5)
    parser.add_argument("--rest", type=float, default=0.8, help="share kept of z's spread off the axes")
    options = parser.parse_args()
    random = np.random.default_rng(0)
    detector = Detector(options.models)

    names = [line.split("\t")[0] for line in (options.data / "files.tsv").read_text().splitlines()]
    kept = np.array([not held_out(name) for name in names])
    plain = np.array([name[0] in PLAIN_SOURCES for name in names])
    embeddings = np.load(options.data / "embeddings_512.npy").astype(np.float64)
    crops = np.load(options.data / "crops.npy", mmap_mode="r")
    real = measure(crops[random.choice(np.flatnonzero(kept), 600, replace=False)], detector)
    data = np.nanstd(real, 0)

    packings = packed_identities(options.packings).numpy()
    identities = packings[random.choice(len(packings), options.identities, replace=False)]
    model = Exported(options.generator)
    directions, r2, within = fit_axes(model, detector, identities, options.samples, random)
    # Each moves its own axis by one and no other.
    moves = np.linalg.solve(directions @ directions.T, directions)
    spread = np.minimum(WIDEST, data / within)
    # Heads that are turned far turn less than a line says.
    within = turn(model, detector, identities, options.samples, random, directions, moves, spread, options.rest)
    spread = np.minimum(WIDEST, spread * data / within)
    tensors = {
        "axes.directions": directions,
        "axes.moves": moves,
        "axes.spread": spread,
        "axes.rest": np.array([options.rest]),
        **fit_plain(embeddings[kept], plain[kept]),
    }
    path = options.generator / "controls.safetensors"
    save_file({name: np.ascontiguousarray(value, np.float32) for name, value in tensors.items()}, path)
    manifest_path = options.generator / "manifest.json"
    manifest = json.loads(manifest_path.read_text())
    manifest["files"]["controls"] = describe(path)
    manifest["axes"] = {name: {"explained": round(float(share), 2)} for name, share in zip(AXES, r2)}
    manifest_path.write_text(json.dumps(manifest, indent=2) + "\n")
    for name, *numbers in zip(AXES, r2.round(3), within.round(4), data.round(4), spread.round(2)):
        explained, own, real, widest = numbers
        print(f"{name}: explained {explained}, within an identity {own}, portraits {real}, spread {widest}")


if __name__ == "__main__":
    main()
