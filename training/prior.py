"""The learned prior over embeddings: a mixture of Gaussians with shrunk covariances, written as prior.onnx.

    python prior.py --data work/crops --index ../shared/faces/index.tsv --out ../apps/generate-svc/models/default

noise [N, 1 + d] standard normal -> embedding [N, 512] unit. The first noise coordinate chooses the component through
the normal quantiles of the mixture's weights, the others fill it. Children are left out: whoever looks younger than ADULT in
ages.tsv, which ages.ts writes. `--compare` prints two-sample checks of several settings.
"""

import argparse
import json
from pathlib import Path
from statistics import NormalDist

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from data import group_keys, sampling_weights, training_files

# Years. The network that guesses ages errs by four or five, so some who look it are older.
ADULT = 20


def fit(embeddings, weights, components=16, dimension=160, shrinkage=0.5, rounds=40, seed=0):
    """Weighted EM in the principal subspace. `shrinkage` is the tied covariance's share in each component's.

    Returns shares [k], means [k, 512] and factors [k, dimension, 512]: x = mean + noise @ factor, then normalised.
    """
    random = np.random.default_rng(seed)
    weights = weights / weights.sum()
    centre = weights @ embeddings
    spread = (embeddings - centre) * np.sqrt(weights)[:, None]
    basis = np.linalg.svd(spread, full_matrices=False)[2][:dimension]
    x = (embeddings - centre) @ basis.T
    means = x[random.choice(len(x), components, replace=False, p=weights)]
    total = (x * weights[:, None]).T @ x
    covariances, shares = np.stack([total] * components), np.full(components, 1 / components)
    for _ in range(rounds):
        posterior = responsibilities(x, shares, means, covariances) * weights[:, None]
        shares = posterior.sum(0)
        means = posterior.T @ x / shares[:, None]
        each = [((x - m) * p[:, None]).T @ (x - m) / s for m, p, s in zip(means, posterior.T, shares)]
        tied = sum(s * e for s, e in zip(shares, each))
        covariances = np.stack([(1 - shrinkage) * e + shrinkage * tied for e in each])
    factors = np.stack([np.linalg.cholesky(c).T @ basis for c in covariances])
    return shares, centre + means @ basis, factors


def responsibilities(x, shares, means, covariances):
    logs = []
    for share, mean, covariance in zip(shares, means, covariances):
        triangle = np.linalg.cholesky(covariance)
        white = np.linalg.solve(triangle, (x - mean).T)
        logs.append(np.log(share) - 0.5 * (white**2).sum(0) - np.log(np.diag(triangle)).sum())
    logs = np.stack(logs, 1)
    odds = np.exp(logs - logs.max(1, keepdims=True))
    return odds / odds.sum(1, keepdims=True)


def sample(model, noise):
    shares, means, factors = model
    thresholds = quantiles(shares)
    chosen = (noise[:, :1] > thresholds).sum(1)
    x = means[chosen] + np.einsum("nd,ndo->no", noise[:, 1:], factors[chosen])
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def quantiles(shares):
    return np.array([NormalDist().inv_cdf(min(c, 1 - 1e-9)) for c in np.cumsum(shares)[:-1]])


def write_onnx(model, path: Path):
    """All components are computed and the chosen one kept: some million multiplications, and the graph stays plain."""
    shares, means, factors = model
    k, d, width = factors.shape
    flat = factors.transpose(1, 0, 2).reshape(d, k * width)
    # Component c is chosen where the first coordinate lies in (edge c, edge c + 1].
    edges = np.concatenate([[-1e9], quantiles(shares), [1e9]])
    arrays = {
        "factors": flat.astype(np.float16), "means": means.astype(np.float32),
        "low": edges[None, :-1].astype(np.float32), "high": edges[None, 1:].astype(np.float32),
        "shape": np.array([-1, k, width]), "split": np.array([1, d]), "last": np.array([2]), "middle": np.array([1]),
    }
    nodes = [
        helper.make_node("Split", ["noise", "split"], ["first", "rest"], axis=1),
        helper.make_node("Cast", ["factors"], ["factors32"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["rest", "factors32"], ["every"]),
        helper.make_node("Reshape", ["every", "shape"], ["offsets"]),
        helper.make_node("Add", ["offsets", "means"], ["points"]),
        helper.make_node("Greater", ["first", "low"], ["above"]),
        helper.make_node("LessOrEqual", ["first", "high"], ["below"]),
        helper.make_node("And", ["above", "below"], ["chosen"]),
        helper.make_node("Cast", ["chosen"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["masks"]),
        helper.make_node("Mul", ["points", "masks"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "middle"], ["point"], keepdims=0),
        helper.make_node("LpNormalization", ["point"], ["embedding"], axis=1, p=2),
    ]
    graph = helper.make_graph(
        nodes, "prior",
        [helper.make_tensor_value_info("noise", TensorProto.FLOAT, ["N", 1 + d])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["N", width])],
        [numpy_helper.from_array(value, name) for name, value in arrays.items()],
    )
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(proto)
    new = path.with_suffix(".new")
    onnx.save(proto, str(new))
    new.rename(path)


def checks(made, embeddings, weights, groups, seed=1):
    """Made against held-out-like draws of the training embeddings: what differs tells the prior's faults."""
    random = np.random.default_rng(seed)
    real = embeddings[random.choice(len(embeddings), len(made), replace=False, p=weights / weights.sum())]
    own = real @ embeddings.T
    own[own > 1 - 1e-5] = -1
    to_train = made @ embeddings.T
    both = np.concatenate([made, real])
    similarity = both @ both.T
    np.fill_diagonal(similarity, -1)
    label = np.repeat([1, 0], len(made))
    percent = lambda a: [round(float(v), 3) for v in np.percentile(a, [1, 50, 99, 100])]
    off = lambda x: (x @ x.T)[np.triu_indices(len(x), 1)]
    return {
        "nearest training cosine, made": percent(to_train.max(1)),
        "nearest training cosine, training": percent(own.max(1)),
        "pairs, made (mean, sd, max)": [round(float(f(off(made))), 3) for f in (np.mean, np.std, np.max)],
        "pairs, training": [round(float(f(off(real))), 3) for f in (np.mean, np.std, np.max)],
        "1-NN two-sample accuracy (0.5 is best)": round(float((label[similarity.argmax(1)] == label).mean()), 3),
        "groups, made": shares_of(groups, to_train.argmax(1)), "groups, training": shares_of(groups, own.argmax(1)),
    }


def shares_of(groups, nearest):
    """Group of the nearest labelled training face."""
    names, counts = np.unique(np.array(groups)[nearest], return_counts=True)
    return {n: round(float(c) / len(nearest), 3) for n, c in zip(names, counts)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "index", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--compare", action="store_true")
    options = parser.parse_args()
    ages = dict(line.split("\t") for line in (options.data / "ages.tsv").read_text().splitlines())
    adults = [(name, row) for name, row in zip(*training_files(options.data)) if float(ages[name]) >= ADULT]
    names, rows = (list(column) for column in zip(*adults))
    embeddings = np.load(options.data / "embeddings_512.npy")[rows].astype(np.float64)
    weights = sampling_weights(names, options.index).double().numpy()
    groups = group_keys(names, options.index)
    settings = [{}]
    if options.compare:
        settings += [{"components": 1}, {"components": 4}, {"components": 8}, {"shrinkage": 0.8},
                     {"shrinkage": 0.2}, {"dimension": 96}, {"dimension": 224}]
    for setting in settings if options.compare else []:
        model = fit(embeddings, weights / weights.sum(), **setting)
        noise = np.random.default_rng(5).standard_normal((1024, 1 + model[2].shape[1]))
        print(json.dumps({"setting": setting, **checks(sample(model, noise), embeddings, weights, groups)}, indent=1))
    model = fit(embeddings, weights / weights.sum())
    options.out.mkdir(parents=True, exist_ok=True)
    write_onnx(model, options.out / "prior.onnx")
    verify(model, options.out / "prior.onnx")


def verify(model, path: Path):
    import onnxruntime

    noise = np.random.default_rng(6).standard_normal((64, 1 + model[2].shape[1])).astype(np.float32)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = session.run(None, {"noise": noise})[0]
    print(f"{path.name}: {path.stat().st_size} bytes, least cosine to numpy {(found * sample(model, noise)).sum(1).min():.6f}")


if __name__ == "__main__":
    main()
