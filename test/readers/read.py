"""Reads an export with the library it is made for and prints what it found as JSON.

    python read.py webdataset|tarfolder|folder|recordio|parquet|dataset|bin|manifest PATH
"""

import hashlib
import io
import json
import os
import pickle
import sys
import tarfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"
import numpy as np
from PIL import Image

np.bool = bool  # mxnet 1.9.1 is older than NumPy 1.24, which took this name away.


def digest(data):
    Image.open(io.BytesIO(data)).load()
    return hashlib.sha256(data).hexdigest()


def webdataset(path):
    import webdataset as wds

    files = sorted(str(file) for file in Path(path).glob("*.tar"))
    found = wds.WebDataset(files, shardshuffle=False)
    return [
        [sample["__key__"], int(sample["cls"]), digest(sample["jpg"]), json.loads(sample["json"])] for sample in found
    ]


def tarfolder(path):
    with tarfile.open(path) as archive:
        return [
            [member.name, member.offset_data, member.mtime, digest(archive.extractfile(member).read())]
            for member in archive
        ]


def folder(path):
    """The rule of torchvision.datasets.ImageFolder: sorted folders are classes 0, 1, ..."""
    folders = sorted(entry for entry in Path(path).iterdir() if entry.is_dir())
    return [
        [file.stem, label, digest(file.read_bytes())]
        for label, entry in enumerate(folders)
        for file in sorted(entry.iterdir())
    ]


def recordio(path):
    """As InsightFace's MXFaceDataset and AdaFace's load_mx_rec walk train.rec."""
    import mxnet as mx

    record = mx.recordio.MXIndexedRecordIO(f"{path}/train.idx", f"{path}/train.rec", "r")
    header, _ = mx.recordio.unpack(record.read_idx(0))
    assert header.flag == 2, header
    images, end = int(header.label[0]), int(header.label[1])
    found = []
    for index in range(1, images):
        header, data = mx.recordio.unpack(record.read_idx(index))
        found.append([index, float(header.label), header.id, digest(data)])
    ranges = []
    for index in range(images, end):
        header, data = mx.recordio.unpack(record.read_idx(index))
        assert data == b""
        ranges.append([int(header.label[0]), int(header.label[1])])
    # The same file without its index: what the C++ reader takes for beginnings of records.
    plain = mx.recordio.MXRecordIO(f"{path}/train.rec", "r")
    count = 0
    while plain.read() is not None:
        count += 1
    return {"images": found, "ranges": ranges, "records": count, "property": Path(path, "property").read_text()}


def parquet(path):
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    table = file.read()
    return {
        "schema": [[field.name, str(field.type)] for field in table.schema],
        "huggingface": json.loads(table.schema.metadata[b"huggingface"]),
        "groups": [file.metadata.row_group(k).num_rows for k in range(file.num_row_groups)],
        "rows": [
            [row["image"]["path"], row["label"], digest(row["image"]["bytes"])] for row in table.to_pylist()
        ],
    }


def dataset(path):
    """A folder with README.md and data/*.parquet, as load_dataset finds it."""
    from datasets import Image as Images
    from datasets import load_dataset

    found = load_dataset(path, split="train", cache_dir=f"{path}/.cache")
    decoded = found[0]["image"]
    raw = found.cast_column("image", Images(decode=False))
    return {
        "features": {name: repr(feature) for name, feature in found.features.items()},
        "size": list(decoded.size),
        "rows": [[row["image"]["path"], row["label"], digest(row["image"]["bytes"])] for row in raw],
    }


def bin(path):
    """As InsightFace's verification.load_bin."""
    with open(path, "rb") as file:
        bins, issame_list = pickle.load(file, encoding="bytes")
    assert len(bins) == 2 * len(issame_list)
    return {"types": [type(bins[0]).__name__, type(issame_list[0]).__name__], "same": issame_list, "digests": [digest(b) for b in bins]}


def manifest(path):
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    return {"schema": [[field.name, str(field.type)] for field in table.schema], "rows": table.to_pylist()}


print(json.dumps(globals()[sys.argv[1]](sys.argv[2])))
