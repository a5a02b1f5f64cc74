"""ONNX embedders as differentiable PyTorch modules, so that identity can be a training loss."""

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper

CROP_SCALE = 0.75  # scale of the 112 x 112 ArcFace crop within the generator's frame, centred


class OnnxGraph(torch.nn.Module):
    """Runs a float ONNX graph of the few operators the embedders use; weights stay frozen.

    forward(x): [N, C, H, W] or, where `channels_last`, [N, H, W, C] -> the graph's first output.
    """

    def __init__(self, path: str):
        super().__init__()
        model = onnx.load(path)
        nodes = [
            (n.op_type, list(n.input), list(n.output), {a.name: onnx.helper.get_attribute_value(a) for a in n.attribute})
            for n in model.graph.node
        ]
        self.input, self.output = model.graph.input[0].name, model.graph.output[0].name
        self.channels_last = model.graph.input[0].type.tensor_type.shape.dim[3].dim_value == 3
        constants = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
        self.nodes = _fuse_prelu(nodes)
        self.integers = {}
        for name, value in constants.items():
            if value.dtype == np.float32:
                # Denormal weights would cost most of the time.
                flushed = torch.tensor(np.where(np.abs(value) < 1e-9, 0, value))
                self.register_buffer(_safe(name), flushed)
            else:
                self.integers[name] = value

    def forward(self, x, taps=()):
        """`taps`: indices of nodes whose outputs are returned too, as perceptual features."""
        values = {self.input: x}
        features = []

        def value(name):
            if name in values:
                return values[name]
            return self.integers[name] if name in self.integers else getattr(self, _safe(name))

        for index, (op, inputs, outputs, attributes) in enumerate(self.nodes):
            values[outputs[0]] = OPERATORS[op](attributes, *[value(name) for name in inputs])
            if index in taps:
                features.append(values[outputs[0]])
        return (values[self.output], features) if taps else values[self.output]


def _safe(name: str) -> str:
    return "w_" + "".join(c if c.isalnum() else "_" for c in name)


def _conv(a, x, weight, bias=None):
    strides, group = a.get("strides", [1, 1]), a.get("group", 1)
    pads = a.get("pads", [0, 0, 0, 0])
    if a.get("auto_pad") == b"SAME_UPPER":
        needed = [max(-(-n // s) * s - s + k - n, 0) for n, k, s in zip(x.shape[2:], weight.shape[2:], strides)]
        pads = [n // 2 for n in needed] + [n - n // 2 for n in needed]
    if pads[0] != pads[2] or pads[1] != pads[3]:
        x, pads = F.pad(x, (pads[1], pads[3], pads[0], pads[2])), [0, 0]
    bias = None if bias is None else bias.to(x.dtype)
    if group == weight.shape[0] and weight.shape[2] == 3 and x.device.type == "cpu":
        return Depthwise.apply(x, weight.to(x.dtype), bias, strides[0], pads[0])
    return F.conv2d(x, weight.to(x.dtype), bias, strides, tuple(pads[:2]), 1, group)


class Depthwise(torch.autograd.Function):
    """3 x 3 depthwise convolution with frozen weights: its gradient is a convolution too, which is far faster on CPU."""

    @staticmethod
    def forward(ctx, x, weight, bias, stride, padding):
        ctx.save_for_backward(weight)
        ctx.stride, ctx.padding, ctx.size = stride, padding, x.shape[2:]
        return F.conv2d(x, weight, bias, stride, padding, 1, len(weight))

    @staticmethod
    def backward(ctx, gradient):
        (weight,) = ctx.saved_tensors
        if ctx.stride > 1:
            spread = gradient.new_zeros(*gradient.shape[:2], *[(n - 1) * ctx.stride + 1 for n in gradient.shape[2:]])
            spread = spread.contiguous(memory_format=torch.channels_last)
            spread[:, :, :: ctx.stride, :: ctx.stride] = gradient
            gradient = spread
        low = 2 - ctx.padding
        high = [n - m + ctx.padding for n, m in zip(ctx.size, gradient.shape[2:])]
        padded = F.pad(gradient, (low, high[1], low, high[0]))
        return F.conv2d(padded, weight.flip(2, 3), None, 1, 0, 1, len(weight)), None, None, None, None


class Prelu(torch.autograd.Function):
    """below x + above relu(x) with frozen factors [1, C, 1, 1], written in the operations that vectorise in bfloat16 on CPU."""

    @staticmethod
    def forward(ctx, x, below, above):
        ctx.save_for_backward(x, below, above)
        return x.relu() * above + x * below

    @staticmethod
    def backward(ctx, gradient):
        x, below, above = ctx.saved_tensors
        passed = torch.ops.aten.threshold_backward(gradient, x, 0)
        return passed * above + gradient * below, None, None


def _prelu(_, x, below, above=None):
    below = below.reshape(1, -1, 1, 1).to(x.dtype)
    above = torch.ones_like(below) if above is None else above.reshape(1, -1, 1, 1).to(x.dtype)
    return Prelu.apply(x, below, above)


OPERATORS = {
    "Conv": _conv,
    "Prelu": _prelu,
    "Flatten": lambda a, x: x.flatten(1),
    "Add": lambda _, x, y: x + y,
    "Reshape": lambda _, x, shape: x.reshape([x.shape[0]] + [int(s) for s in np.asarray(shape)[1:]]),
    "Transpose": lambda a, x: x.permute(*a["perm"]),
}


def _fuse_prelu(nodes):
    """Rewrites what the preparation splits a PReLU into, a relu and depthwise 1 x 1 factors added, to one node.

    add(factor(x), relu(x) or factor(relu(x))) -> Prelu with inputs x, factor of x, factor of relu(x) or none.
    """
    made_by = {node[2][0]: node for node in nodes}

    def rectified(name):
        """Input and factor of relu(x) or factor(relu(x)); None where `name` is neither."""
        op, inputs, *_ = made_by.get(name, ("", []))
        if op == "Conv" and inputs[1].endswith("_gained_factors"):
            return made_by[inputs[0]][1][0], inputs[1]
        return (inputs[0], None) if op == "Relu" else None

    fused = []
    for node in nodes:
        op, inputs, outputs, attributes = node
        parts = [made_by.get(name, ("", ["", ""])) for name in inputs[:2]]
        if op == "Add" and parts[0][1][1:2] and parts[0][1][1].endswith("_negative_factors"):
            x, gain = rectified(inputs[1])
            node = ("Prelu", [x, parts[0][1][1], *([gain] if gain else [])], outputs, attributes)
        fused.append(node)
    used = {name for node in fused for name in node[1]}
    last = fused[-1]
    return [n for n in fused if n is last or n[2][0] in used and n[0] != "Relu" and not n[2][0].endswith(("_negative", "_gained"))]


class Embedder(torch.nn.Module):
    """An embedder on frames of the generator: [N, 3, S, S] RGB in [0, 1] -> unit embeddings [N, d]."""

    def __init__(self, path: str, bgr: bool):
        super().__init__()
        self.graph, self.bgr = OnnxGraph(path), bgr

    def forward(self, frames, jitter=None, taps=()):
        """`jitter`: [N, 2, 3] affine maps on top of the crop, so that a pattern tuned to one pixel grid does not pay."""
        x = align(frames, jitter) * (255 / 128) - 127.5 / 128
        if self.bgr:
            x = x.flip(1)
        x = x.contiguous(memory_format=torch.channels_last)
        out = self.graph(x.permute(0, 2, 3, 1) if self.graph.channels_last else x, taps)
        if taps:
            return F.normalize(out[0].float(), dim=1), out[1]
        return F.normalize(out.float(), dim=1)


def align(frames, jitter=None):
    """The 112 x 112 face within generator frames."""
    n = len(frames)
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = CROP_SCALE
    if jitter is not None:
        linear = theta[:, :, :2] @ jitter[:, :, :2]
        theta = torch.cat([linear, theta[:, :, 2:] + jitter[:, :, 2:]], 2)
    grid = F.affine_grid(theta, (n, 3, 112, 112), align_corners=False)
    return F.grid_sample(frames.float(), grid, mode="bilinear", padding_mode="border", align_corners=False)


def random_jitter(n: int, amount: float = 1.0):
    """Small random shifts, scales and rotations, [n, 2, 3]."""
    angle = torch.randn(n) * 0.06 * amount
    scale = 1 + torch.randn(n) * 0.04 * amount
    c, s = scale * angle.cos(), scale * angle.sin()
    shift = torch.randn(n, 2, 1) * 0.02 * amount
    linear = torch.stack([torch.stack([c, -s], 1), torch.stack([s, c], 1)], 1)
    return torch.cat([linear, shift], 2)
