"""ONNX files of PyTorch modules, each compared with its module before it counts as written."""

import hashlib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

OPSET = 18
# A protobuf ends at 2 GiB: above this the weights go into a file beside the graph.
EXTERNAL_BYTES = 1.5e9
# Of the output's largest value, by the precision of what is inside.
TOLERANCE = {torch.float32: 1e-4, torch.float16: 2e-2}


def write(module, path: Path, inputs: dict, output: str, dynamic: list, tests: list, reference=None):
    """
    Exports `module` to `path` and compares ONNX Runtime's answers to `tests` with those of `reference`, the module
    itself where there is none. Exits, leaving no file, where they differ.

    `inputs`: an example by name; `dynamic`: names of each input's free dimensions, by their index.
    """
    size = sum(p.numel() * p.element_size() for p in module.parameters())
    torch.onnx.export(
        module.eval(), tuple(inputs.values()), str(path), input_names=list(inputs), output_names=[output], opset_version=OPSET,
        dynamic_shapes=dynamic, dynamo=True, optimize=True, external_data=size > EXTERNAL_BYTES, verbose=False,
    )
    strip(path)
    difference = compare(path, list(inputs), tests, reference or module)
    allowed = TOLERANCE[next(module.parameters()).dtype]
    if not difference <= allowed:
        path.unlink()
        raise SystemExit(f"{path.name}: ONNX Runtime differs from PyTorch by {difference:.2g} of the largest value, over {allowed}")
    print(f"{path.name}: differs from PyTorch by {difference:.1e} of the largest value")


def compare(path: Path, names: list, tests: list, reference) -> float:
    """Largest difference, as a share of the reference's largest value."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    worst = 0.0
    for test in tests:
        found = session.run(None, dict(zip(names, (value.numpy() for value in test))))[0]
        with torch.no_grad():
            wanted = reference(*test).numpy()
        worst = max(worst, float(np.abs(found - wanted).max() / np.abs(wanted).max()))
    return worst


def strip(path: Path):
    """Takes out where in Python each node came from: most of a small file."""
    model = onnx.load(path, load_external_data=False)
    graph = model.graph
    nodes = [*graph.node, *(node for function in model.functions for node in function.node)]
    for part in [model, graph, *nodes, *graph.input, *graph.output]:
        del part.metadata_props[:]
        part.doc_string = ""
    del graph.value_info[:]
    shorten(graph)
    onnx.save(model, path)


def shorten(graph):
    """Names nodes not at all, and values between them by number."""
    own = {value.name for value in [*graph.input, *graph.output]}
    short = {}
    rename = lambda name: name if name in own or not name else short.setdefault(name, f"{len(short)}")
    for tensor in graph.initializer:
        tensor.name = rename(tensor.name)
    for node in graph.node:
        node.name = ""
        if any(attribute.type == onnx.AttributeProto.GRAPH for attribute in node.attribute):
            raise SystemExit(f"a {node.op_type} node has a graph within, whose names would be lost")
        node.input[:] = [rename(name) for name in node.input]
        node.output[:] = [rename(name) for name in node.output]


def free_batch(model: onnx.ModelProto, path: Path):
    """
    Writes a recogniser published for a batch of one as `input` [N, 3, 112, 112] -> `output` [N, d], and
    checks a batch of three against three of one. Returns d.
    """
    graph = model.graph
    own = {tensor.name for tensor in graph.initializer}
    entries = [value for value in graph.input if value.name not in own]
    del graph.input[:]
    graph.input.extend(entries)
    # Before version 4 initialisers had to be inputs too.
    model.ir_version = max(model.ir_version, 4)
    for value in [*graph.input, *graph.output]:
        value.type.tensor_type.shape.dim[0].dim_param = "N"
    del graph.value_info[:]
    original = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    names = {entries[0].name: "input", graph.output[0].name: "output"}
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    for value in [*graph.input, *graph.output]:
        value.name = names[value.name]
    onnx.save(model, path)

    faces = np.random.default_rng(0).uniform(-1, 1, (3, 3, 112, 112)).astype(np.float32)
    single = np.concatenate([original.run(None, {original.get_inputs()[0].name: face[None]})[0] for face in faces])
    try:
        batch = onnxruntime.InferenceSession(str(path)).run(None, {"input": faces})[0]
        difference = float(np.abs(batch - single).max() / np.abs(single).max())
    except Exception as error:
        path.unlink()
        raise SystemExit(f"arcface.onnx cannot take a batch: {error}") from error
    if not difference <= 1e-5:
        path.unlink()
        raise SystemExit(f"arcface.onnx: a batch differs from its faces alone by {difference}")
    print(f"{path.name}: a batch differs from its faces alone by {difference:.1e} of the largest value")
    return single.shape[1]


def describe(path: Path) -> dict:
    """A manifest's entry of a file, and of the weights beside it."""
    entry = {"path": path.name, "sha256": sha256(path), "bytes": path.stat().st_size}
    data = path.with_name(path.name + ".data")
    return {**entry, "data": describe(data)} if data.exists() else entry


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
