"""MTCNN (Zhang et al. 2016) on the three prepared ONNX networks, alignment to the ArcFace template, and the embedders.

The product's own pipeline, apps/embed-svc/src/pipeline, written a second time: fixtures/make.py there makes of this code
what the product's tests compare it with, so both find the same faces in the same places.
"""

from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from PIL import Image

# Left eye, right eye, nose and mouth corners in a 112 x 112 aligned face.
TEMPLATE = np.array(
    [(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)]
)
PYRAMID_FACTOR = 0.709
# Side of the proposal network's window, pixels.
WINDOW = 12
# Of the image's short side: down to it faces are looked for.
SMALLEST_FACE = 1 / 8
# Of the short side, added all around where nothing was found: a face may fill the frame.
RETRY_MARGIN = 0.3
# Scores above which a window goes on to the next network, and is a face.
PROPOSED, REFINED, FOUND = 0.6, 0.7, 0.7


def session(path: Path, threads: int = 1):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3  # the preparation leaves slopes behind that nothing uses, each worth a warning
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def template(size: int, scale: float = 1.0):
    """The five points within a `size` x `size` frame, their distances scaled about its centre."""
    return ((TEMPLATE - 56) * scale / 112 + 0.5) * size


def similarity(source, target):
    """Least-squares similarity transform, 2 x 3, that brings points `source` [n, 2] to `target`."""
    ms, mt = source.mean(0), target.mean(0)
    s, t = source - ms, target - mt
    norm = (s * s).sum()
    a, b = (s * t).sum() / norm, (s[:, 0] * t[:, 1] - s[:, 1] * t[:, 0]).sum() / norm
    rotation = np.array([[a, -b], [b, a]])
    return np.c_[rotation, mt - rotation @ ms]


class Detector:
    """Boxes, scores and five landmarks of the faces in an RGB image [H, W, 3] uint8."""

    def __init__(self, models: Path):
        self.pnet, self.rnet, self.onet = (session(models / f"mtcnn-{n}net.onnx") for n in "pro")

    def __call__(self, image):
        """None where there is no face."""
        found = self._once(image)
        if found is not None:
            return found
        border = round(min(image.shape[:2]) * RETRY_MARGIN)
        wide = cv2.copyMakeBorder(image, border, border, border, border, cv2.BORDER_CONSTANT, value=(127, 127, 127))
        found = self._once(wide)
        return found and (found[0] - border, found[1], found[2] - border)

    def _once(self, image):
        boxes = self._propose(image)
        if boxes is None:
            return None
        probability, shift = self.rnet.run(None, {"input": _crops(image, boxes, 24)})
        kept = probability[:, 1] > REFINED
        if not kept.any():
            return None
        boxes, scores = _refine(boxes[kept], shift[kept]), probability[kept, 1]
        boxes = _square(boxes[_suppress(boxes, scores, 0.7)])
        probability, shift, points = self.onet.run(None, {"input": _crops(image, boxes, 48)})
        kept = probability[:, 1] > FOUND
        if not kept.any():
            return None
        boxes, scores, points = boxes[kept], probability[kept, 1], points[kept]
        width = (boxes[:, 2] - boxes[:, 0])[:, None]
        landmarks = np.stack([boxes[:, :1] + points[:, :5] * width, boxes[:, 1:2] + points[:, 5:] * width], 2)
        boxes = _refine(boxes, shift[kept])
        kept = _suppress(boxes, scores, 0.7, "min")
        return boxes[kept], scores[kept], landmarks[kept]

    def _propose(self, image):
        height, width = image.shape[:2]
        # Never enlarged: a face of fewer pixels than the window has nothing to show.
        scale, found = min(1, WINDOW / (min(height, width) * SMALLEST_FACE)), []
        while min(height, width) * scale >= WINDOW:
            size = int(np.ceil(width * scale)), int(np.ceil(height * scale))
            small = np.asarray(Image.fromarray(image).resize(size, Image.BILINEAR))
            probability, shift = self.pnet.run(None, {"input": _tensor(small[None])})
            xs, ys = np.where(probability[0, 1] > PROPOSED)
            if len(xs):
                corner = np.stack([2 * xs, 2 * ys], 1) / scale
                boxes = np.concatenate([corner, corner + WINDOW / scale], 1)
                scores, shifts = probability[0, 1, xs, ys], shift[0][:, xs, ys].T
                kept = _suppress(boxes, scores, 0.5)
                found.append((_refine(boxes[kept], shifts[kept]), scores[kept]))
            scale *= PYRAMID_FACTOR
        if not found:
            return None
        boxes, scores = (np.concatenate(each) for each in zip(*found))
        return _square(boxes[_suppress(boxes, scores, 0.7)])


def _tensor(images):
    """The networks were trained on transposed images: x is their first spatial axis."""
    return np.ascontiguousarray(((images.astype(np.float32) - 127.5) / 128).transpose(0, 3, 2, 1))


def _crops(image, boxes, size):
    maps = [np.array([[size / (b[2] - b[0]), 0, -b[0] * size / (b[2] - b[0])],
                      [0, size / (b[3] - b[1]), -b[1] * size / (b[3] - b[1])]]) for b in boxes]
    return _tensor(np.stack([cv2.warpAffine(image, m, (size, size)) for m in maps]))


def _refine(boxes, shift):
    return boxes + shift * (boxes[:, 2] - boxes[:, 0])[:, None]


def _square(boxes):
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]).max(1, keepdims=True) / 2
    return np.concatenate([centre - half, centre + half], 1)


def _suppress(boxes, scores, threshold, mode="union"):
    order, kept = np.argsort(-scores), []
    area = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    while len(order):
        first, rest = order[0], order[1:]
        kept.append(first)
        low, high = np.maximum(boxes[first, :2], boxes[rest, :2]), np.minimum(boxes[first, 2:], boxes[rest, 2:])
        shared = np.maximum(high - low, 0).prod(1)
        whole = area[first] + area[rest] - shared if mode == "union" else np.minimum(area[first], area[rest])
        order = rest[shared / whole <= threshold]
    return np.array(kept, int)


class Recogniser:
    """A prepared embedder: aligned RGB faces [n, 112, 112, 3] uint8 -> unit embeddings [n, d], flip-summed."""

    def __init__(self, path: Path, bgr: bool):
        self.session, self.bgr = session(path), bgr

    def __call__(self, faces):
        x = ((faces[..., ::-1] if self.bgr else faces).astype(np.float32) - 127.5) / 128
        found = []
        for i in range(0, len(x), 8):
            part = x[i : i + 8].transpose(0, 3, 1, 2)
            both = [self.session.run(None, {"input": np.ascontiguousarray(p)})[0] for p in (part, part[..., ::-1])]
            found.append(both[0] + both[1])
        found = np.concatenate(found)
        return found / np.linalg.norm(found, axis=1, keepdims=True)


def recognisers(models: Path):
    """The default embedder and the second one, which judges it."""
    return Recogniser(models / "mobilefacenet-512.onnx", True), Recogniser(models / "mobilefacenet-192.onnx", False)
