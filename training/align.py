"""Portraits -> aligned 128 x 128 crops with a margin, and their embeddings under both embedders.

    python align.py --faces ../shared/faces --models .hyperface/models --out work/crops
"""

import argparse
from functools import partial
from multiprocessing import Pool
from pathlib import Path

import cv2
import numpy as np

from mtcnn import Detector, recognisers, similarity, template

SIZE, SCALE = 128, 0.75
_detectors = {}


def align(path: Path, models: Path):
    """The largest face: its frame, its 112 x 112 crop; None where the detector is not sure of one."""
    cv2.setNumThreads(1)
    detector = _detectors.setdefault(models, Detector(models))
    image = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    found = detector(image, smallest=48)
    if found is None:
        return None
    boxes, scores, landmarks = found
    largest = np.argmax((boxes[:, 2:] - boxes[:, :2]).prod(1))
    if scores[largest] < 0.9:
        return None
    points = landmarks[largest]
    frame = cv2.warpAffine(image, similarity(points, template(SIZE, SCALE)), (SIZE, SIZE), borderMode=cv2.BORDER_REFLECT)
    face = cv2.warpAffine(image, similarity(points, template(112)), (112, 112))
    return path.name, scores[largest], frame, face


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("faces", "models", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    files = sorted(options.faces.glob("*.jpg"))
    with Pool() as pool:
        found = [f for f in pool.imap(partial(align, models=options.models), files, 64) if f is not None]
    names, scores, frames, faces = zip(*found)
    np.save(options.out / "crops.npy", np.stack(frames))
    (options.out / "files.tsv").write_text("".join(f"{n}\t{s:.4f}\n" for n, s in zip(names, scores)))
    for recogniser, dimension in zip(recognisers(options.models), (512, 192)):
        np.save(options.out / f"embeddings_{dimension}.npy", recogniser(np.stack(faces)).astype(np.float32))
    print(f"{len(names)} of {len(files)} portraits aligned")


if __name__ == "__main__":
    main()
