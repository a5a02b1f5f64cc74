"""Portraits -> aligned 128 x 128 crops with a margin, the same before plain grounds, and their embeddings under both embedders.

    python align.py --faces ../shared/faces --models .hyperface/models --out work/crops

Writes crops.npy [n, 128, 128, 3], plain.npy (alike, before plain grounds), alpha.npy [n, 128, 128] (what of it is of the person) and
inside.npy [n, 128, 128] (255 where the portrait is, 0 where its mirror image fills the frame), all uint8; embeddings_512.npy and
embeddings_192.npy; files.tsv: file, detector's score, raggedness of the matte.
"""

import argparse
from functools import cache, partial
from multiprocessing import Pool
from pathlib import Path

import cv2
import numpy as np

from mattes import before_plain_ground, cut_out, matte, raggedness
from mtcnn import Detector, recognisers, similarity, template

SIZE, SCALE = 128, 0.75
detector_of = cache(Detector)


def align(path: Path, models: Path):
    """The largest face's name, score, raggedness, frame, the same before a plain ground, alpha, inside and 112 x 112 crop.

    None where the detector is not sure of one.
    """
    cv2.setNumThreads(1)
    image = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    found = detector_of(models)(image)
    if found is None:
        return None
    boxes, scores, landmarks = found
    largest = np.argmax((boxes[:, 2:] - boxes[:, :2]).prod(1))
    if scores[largest] < 0.9:
        return None
    points = landmarks[largest]
    warp = lambda x, border: cv2.warpAffine(x, similarity(points, template(SIZE, SCALE)), (SIZE, SIZE), borderMode=border)
    frame = warp(image, cv2.BORDER_REFLECT)
    inside = warp(np.full(image.shape[:2], 255, np.uint8), cv2.BORDER_CONSTANT)
    alpha = warp(matte(image, models), cv2.BORDER_REFLECT)
    face = cv2.warpAffine(image, similarity(points, template(112)), (112, 112))
    person = cut_out(frame, alpha)
    return path.name, scores[largest], raggedness(alpha), frame, before_plain_ground(frame, person), person[..., 3], inside, face


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("faces", "models", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    files = sorted(options.faces.glob("*.jpg"))
    with Pool() as pool:
        found = [f for f in pool.imap(partial(align, models=options.models), files, 64) if f is not None]
    names, scores, ragged, frames, plain, alpha, inside, faces = zip(*found)
    for name, arrays in (("crops", frames), ("plain", plain), ("alpha", alpha), ("inside", inside)):
        np.save(options.out / f"{name}.npy", np.stack(arrays))
    (options.out / "files.tsv").write_text("".join(f"{n}\t{s:.4f}\t{r:.4f}\n" for n, s, r in zip(names, scores, ragged)))
    for recogniser, dimension in zip(recognisers(options.models), (512, 192)):
        np.save(options.out / f"embeddings_{dimension}.npy", recogniser(np.stack(faces)).astype(np.float32))
    print(f"{len(names)} of {len(files)} portraits aligned")


if __name__ == "__main__":
    main()
