#!/usr/bin/env python3
"""Writes the fixtures that the product's decoder, optimizer and loader are compared with, or checks that the committed ones are what it would write.

    generate.py            writes tests/reference/fixtures
    generate.py --check    generates them elsewhere and compares; exit code 1 where they differ
"""
import json
import pathlib
import random
import shutil
import sys
import tempfile

import torch

import cases
import safetensors
import training
from decoder import Decoder, shapes

FIXTURES = pathlib.Path(__file__).resolve().parent / "fixtures"
STEPS = 20
SEQUENCES = 2

# other libraries add in another order; what they all agree on is far below what the product's tests allow
TOLERANCE = 1e-11


def normal(source):
    """Close to a standard normal draw by additions only, so that every machine draws the same bits."""
    return sum(source.random() for _ in range(12)) - 6


def make_weights(config, dtype, source):
    """Large enough for every term to matter; rounded to what is stored."""
    weights = {}
    for name, shape in sorted(shapes(config).items()):
        count = 1
        for length in shape:
            count *= length
        spread, mean = (0.3, 0.0) if len(shape) == 2 else (0.2, 0.0 if name.endswith("bias") else 1.0)
        values = torch.tensor([mean + spread * normal(source) for _ in range(count)], dtype=torch.float64)
        weights[name] = values.reshape(shape).to(safetensors.TYPES[dtype][0]).double()
    return weights


def make_batches(config, longest, source):
    return [
        [[source.randrange(config["vocab_size"]) for _ in range(longest - 3 * index)] for index in range(SEQUENCES)] for _ in range(STEPS)
    ]


def write_model(directory, config, weights, dtype, shards):
    directory.mkdir(parents=True)
    write_json(directory / "config.json", config)
    if shards == 1:
        safetensors.write(directory / "model.safetensors", weights, dtype)
        return
    names = sorted(weights)
    weight_map = {}
    for number in range(shards):
        file = f"model-{number + 1:05d}-of-{shards:05d}.safetensors"
        chosen = names[number::shards]
        safetensors.write(directory / file, {name: weights[name] for name in chosen}, dtype)
        weight_map.update({name: file for name in chosen})
    size = {"F64": 8, "F32": 4}.get(dtype, 2)
    total = sum(value.numel() for value in weights.values()) * size
    write_json(directory / "model.safetensors.index.json", {"metadata": {"total_size": total}, "weight_map": dict(sorted(weight_map.items()))})


def write_json(path, content):
    path.write_text(json.dumps(content, indent=1) + "\n")


def write_case(root, name):
    config, dtype, shards, longest, without = cases.CASES[name]
    source = random.Random(f"reflux {name}")
    weights = make_weights(config, dtype, source)
    batches = make_batches(config, longest, source)
    write_model(root / name, config, weights, dtype, shards)

    sequences = batches[0]
    leaves = {key: value.clone().requires_grad_() for key, value in weights.items()}
    decoder = Decoder(config, leaves)
    expected = {f"logits.{index}": decoder.logits(ids) for index, ids in enumerate(sequences)}
    if without:
        difference = (Decoder({**config, **without}, weights).logits(sequences[0]) - expected["logits.0"]).abs().max()
        assert difference > 0.01, f"{name}: its sequences are too short for {without} to matter"
    loss, gradients = training.differentiate(decoder, leaves, sequences)
    after, losses, norms = training.train(Decoder, config, weights, batches)
    assert min(norms) > training.SETTINGS["gradient_clip"], f"{name}: clipping is not active in every step: {norms}"
    expected.update({f"gradient.{key}": value for key, value in gradients.items()})
    expected.update({f"after.{key}": value for key, value in after.items()})
    if name == "llama":
        for variant in training.VARIANTS:
            other, _, _ = training.train(Decoder, config, weights, batches, variant)
            expected.update({f"{variant}.{key}": value for key, value in other.items()})
    safetensors.write(root / name / "expected.safetensors", expected)
    numbers = {"loss": float(loss), "settings": training.SETTINGS, "losses": losses, "norms": norms, "batches": batches}
    (root / name / "expected.json").write_text(json.dumps(numbers) + "\n")


def generate(root):
    torch.set_num_threads(1)
    if root.exists():
        shutil.rmtree(root)
    for name in cases.CASES:
        write_case(root, name)


def differences(committed, fresh):
    """What differs, in words: names and token ids exactly, weights bit for bit, computed numbers within the tolerance."""
    files = {path.relative_to(root) for root in (committed, fresh) for path in root.rglob("*") if path.is_file()}
    for file in sorted(files):
        old, new = committed / file, fresh / file
        if not old.is_file() or not new.is_file():
            yield f"{file}: only {'generated' if new.is_file() else 'committed'}"
        elif file.name == "expected.json":
            a, b = json.loads(old.read_text()), json.loads(new.read_text())
            for field in ("loss", "losses", "norms", "settings", "batches"):
                computed = field in ("loss", "losses", "norms")
                same = close(double(a[field]), double(b[field])) if computed else a.get(field) == b.get(field)
                if not same:
                    yield f"{file}: {field}"
        elif file.name == "expected.safetensors":
            a, b = safetensors.read(old), safetensors.read(new)
            for name in sorted(set(a) | set(b)):
                if name not in a or name not in b or not close(a[name], b[name]):
                    yield f"{file}: {name}"
        elif old.read_bytes() != new.read_bytes():
            yield f"{file}: its bytes"


def double(numbers):
    return torch.tensor(numbers, dtype=torch.float64)


def close(a, b):
    return a.shape == b.shape and float((a.double() - b.double()).abs().max()) <= TOLERANCE * float(a.double().abs().max())


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(f"usage: {sys.argv[0]} [--check]")
    if not sys.argv[1:]:
        generate(FIXTURES)
        return
    with tempfile.TemporaryDirectory() as directory:
        generate(pathlib.Path(directory) / "fixtures")
        found = list(differences(FIXTURES, pathlib.Path(directory) / "fixtures"))
    for line in found:
        print(f"reference: differs: {line}")
    print(f"reference: {len(cases.CASES)} models, {len(found)} differences")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
