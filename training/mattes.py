"""People taken out of their portraits, so that a training image may stand before any ground."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from mtcnn import session

matte_of = cache(lambda models: session(models / "selfie-matte.onnx"))


def matte(image, models: Path):
    """Portrait [256, 256, 3] uint8, RGB -> what of it is of a person, [256, 256] in 0 to 1, by MediaPipe's selfie network."""
    planes = np.ascontiguousarray(image.transpose(2, 0, 1)[None], np.float32) / 255
    return matte_of(models).run(None, {"input": planes})[0][0, 0]


def cut_out(frame, alpha):
    """Frame [S, S, 3] uint8 and raw matte [S, S] -> RGBA uint8: the face's own component, its rim in the person's colours."""
    kept = np.clip((_own_component(alpha) - 0.22) / 0.68, 0, 1)
    core = np.clip((cv2.GaussianBlur(kept, (0, 0), 1.2) - 0.62) / 0.33, 0, 1)[..., None]
    spread = lambda sigma: cv2.GaussianBlur(np.concatenate([frame * core, core], 2), (0, 0), sigma)
    carried = spread(1.6) + 1e-3 * spread(6)
    colours = carried[..., :3] / np.maximum(carried[..., 3:], 1e-9)
    person = np.where(kept[..., None] > 0, core * frame + (1 - core) * colours, 0)
    return np.concatenate([person, 255 * kept[..., None]], 2).clip(0, 255).round().astype(np.uint8)


def _own_component(alpha):
    size = len(alpha)
    _, labels = cv2.connectedComponents((alpha > 0.35).astype(np.uint8), connectivity=4)
    own = (labels == labels[int(0.56 * size), size // 2]) & (labels > 0)
    near = cv2.GaussianBlur(own.astype(np.float32), (0, 0), 1.5)
    return alpha * np.clip(4 * near - 0.2, 0, 1)


def before_plain_ground(frame, person):
    """A frame and its person (RGBA) -> the person before what a strong blur leaves of the frame's own ground, uint8."""
    alpha = person[..., 3:].astype(np.float32) / 255
    ground = 1 - cv2.dilate(alpha, np.ones((5, 5)))[..., None]
    blurred = cv2.GaussianBlur(np.concatenate([frame * ground, ground], 2), (0, 0), 20)
    colour = (blurred[..., :3] + 0.19) / (blurred[..., 3:] + 1e-3)  # light grey where there is no ground
    return (alpha * person[..., :3] + (1 - alpha) * colour).clip(0, 255).round().astype(np.uint8)


def raggedness(alpha):
    """Soft pixels of a raw matte for each of its outline: above 1 or so the network was not sure where the person ends."""
    outline, _ = cv2.findContours((cv2.GaussianBlur(alpha, (0, 0), 4) > 0.5).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return float((alpha * (1 - alpha)).sum() / max(sum(map(len, outline)), 1))
