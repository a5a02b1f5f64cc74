"""Figures of an exported generator: detection, identity under both embedders, variety, memorisation; and pictures.

    python evaluate.py --generator ../apps/generate-svc/models/default --models .hyperface/models --data work/crops --out work/eval

Works on the ONNX files, with the product's own pipeline: MTCNN finds the face in the picture, a similarity transform
aligns it, the embedders see 112 x 112 pixels, flip-summed. Prints one JSON line.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image

from mtcnn import Detector, recognisers, session, similarity, template
from packed import pack


class Exported:
    """generator.onnx and prior.onnx of a model folder."""

    def __init__(self, folder: Path):
        self.generator, self.prior = (session(folder / f"{n}.onnx", 2) for n in ("generator", "prior"))

    @property
    def latent_dimension(self):
        return self.generator.get_inputs()[1].shape[1]

    def identities(self, n, random):
        width = self.prior.get_inputs()[0].shape[1]
        noise = random.standard_normal((n, width)).astype(np.float32)
        return self.prior.run(None, {"noise": noise})[0]

    def images(self, embeddings, z):
        """uint8 [n, S, S, 3]"""
        found = []
        for i in range(0, len(z), 16):
            feeds = {"embedding": embeddings[i : i + 16].astype(np.float32), "z": z[i : i + 16].astype(np.float32)}
            found.append((self.generator.run(None, feeds)[0] * 255).round().astype(np.uint8))
        return np.concatenate(found).transpose(0, 2, 3, 1)


def perturb(x, beta, random):
    """Eq. 3 of the paper."""
    moved = x + beta * random.standard_normal(x.shape)
    return (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)


def aligned(images, detector):
    """Faces aligned by MTCNN, and which images had one; the others are cut where the generator puts faces."""
    faces, seen = [], []
    for image in images:
        found = detector(image)
        seen.append(found is not None)
        points = template(len(image), 0.75) if found is None else found[2][np.argmax(found[1])]
        faces.append(cv2.warpAffine(image, similarity(points, template(112)), (112, 112), borderMode=cv2.BORDER_REFLECT))
    return np.stack(faces), np.array(seen)


def share(found, references, identity):
    return float(((found @ references.T).argmax(1) == identity).mean())


def own_cosine(found, references, identity):
    return float((found * references[identity]).sum(1).mean())


def variety(images, embeddings, per_identity):
    """Between samples of one identity: mean cosine, and mean standard deviation of a pixel in 8-bit steps."""
    sets = embeddings.reshape(-1, per_identity, embeddings.shape[1])
    cosines = [(s @ s.T)[np.triu_indices(per_identity, 1)].mean() for s in sets]
    pixels = images.reshape(-1, per_identity, *images.shape[1:]).astype(np.float32).std(1).mean()
    return float(np.mean(cosines)), float(pixels)


def memorisation(images, crops, embeddings):
    """Nearest training image, by pixels of an 16 x 16 thumbnail, of each made one and of each of as many training ones.

    Mirror images of the training set count too.
    """
    thumb = lambda x: np.stack([cv2.resize(i, (16, 16), interpolation=cv2.INTER_AREA) for i in x]).reshape(len(x), -1).astype(np.float32)
    all_ = np.concatenate([thumb(crops), thumb(crops[:, :, ::-1])])
    def nearest(x, skip):
        d = np.sqrt(np.maximum((x**2).sum(1)[:, None] + (all_**2).sum(1)[None] - 2 * x @ all_.T, 0) / x.shape[1])
        if skip is not None:
            d[np.arange(len(x)), skip] = d[np.arange(len(x)), skip + len(crops)] = np.inf
        return d.min(1), d.argmin(1) % len(crops)
    picked = np.random.default_rng(3).choice(len(crops), len(images), replace=False)
    made, which = nearest(thumb(images), None)
    return made, which, nearest(thumb(crops[picked]), picked)[0]


def sheet(images, columns, path, scale=1):
    rows = [np.concatenate(list(images[i : i + columns]), 1) for i in range(0, len(images), columns)]
    picture = Image.fromarray(np.concatenate(rows))
    picture.resize((picture.width * scale, picture.height * scale), Image.LANCZOS).save(path)


def evaluate(options):
    random = np.random.default_rng(0)
    model, detector = Exported(options.generator), Detector(options.models)
    first, second = recognisers(options.models)
    latent = lambda n: random.standard_normal((n, 64))

    gallery = model.identities(2 * options.identities, random)
    packed, largest = pack(torch.from_numpy(gallery), options.identities)
    packed = packed.numpy()
    n, k = options.identities, options.samples
    identity = np.repeat(np.arange(n), k)
    reference_images = model.images(packed, latent(n))
    samples = model.images(perturb(packed[identity], options.beta, random), latent(n * k))
    free = model.images(gallery[:n], latent(n))

    report = {"identities": n, "samples": n * k, "beta": options.beta, "largestPackedCosine": largest}
    found, embedded = {}, {}
    for name, images in (("reference", reference_images), ("sample", samples), ("gallery", free)):
        faces, seen = aligned(images, detector)
        report[f"detected{name.title()}"] = float(seen.mean())
        found[name], embedded[name] = first(faces), second(faces)
    report["match512ToPacked"] = share(found["sample"], packed, identity)
    report["match192ToReferenceImages"] = share(embedded["sample"], embedded["reference"], identity)
    report["cosine512ToPacked"] = own_cosine(found["sample"], packed, identity)
    report["cosine512GalleryToImage"] = float((found["gallery"] * gallery[:n]).sum(1).mean())
    report["cosine192ToReferenceImage"] = own_cosine(embedded["sample"], embedded["reference"], identity)
    between = (embedded["reference"] @ embedded["reference"].T)[np.triu_indices(n, 1)]
    report["cosine192BetweenIdentities"] = float(between.mean())
    report["cosine192WithinIdentity"], report["pixelDeviationWithinIdentity"] = variety(samples, embedded["sample"], k)
    report["pixelDeviationOverall"] = float(free.astype(np.float32).std(0).mean())

    if options.data:
        crops = np.load(options.data / "crops.npy", mmap_mode="r")
        made, which, real = memorisation(free, crops, None)
        report["nearestTrainingThumbnail"] = {"made": np.percentile(made, [1, 50]).tolist(), "training": np.percentile(real, [1, 50]).tolist()}
        closest = np.argsort(made)[:12]
        size = free.shape[1]
        twins = [cv2.resize(crops[which[i]], (size, size), interpolation=cv2.INTER_AREA) for i in closest]
        sheet(np.concatenate([free[closest], np.stack(twins)]), 12, options.out / "nearest-training.png")
    columns = min(k, 8)
    rows = [np.concatenate([reference_images[i : i + 1], samples[i * k : i * k + columns]]) for i in range(min(n, 10))]
    sheet(np.concatenate(rows), columns + 1, options.out / "identities.png")
    sheet(free[:84], 14, options.out / "gallery.png")
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--generator", type=Path, required=True, help="folder of generator.onnx and prior.onnx")
    parser.add_argument("--models", type=Path, required=True, help="folder of prepared models")
    parser.add_argument("--data", type=Path, help="crops, to look for memorised ones")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--identities", type=int, default=256)
    parser.add_argument("--samples", type=int, default=4)
    parser.add_argument("--beta", type=float, default=0.005)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(2)
    cv2.setNumThreads(1)
    rounded = json.loads(json.dumps(evaluate(options)), parse_float=lambda v: round(float(v), 4))
    print(json.dumps(rounded))


if __name__ == "__main__":
    main()
