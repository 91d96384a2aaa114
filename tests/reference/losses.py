#!/usr/bin/env python3
"""Golden values of the distillation losses: the formulas in 50 decimal digits, and their gradients as difference quotients of them, so that no derivative
is derived here. Python alone, no library.

    losses.py            writes tests/Distillation/Golden/losses.json
    losses.py --check    compares with the committed file; exit code 1 where they differ
"""
import json
import pathlib
import random
import struct
import sys
from decimal import Decimal as D
from decimal import getcontext

FILE = pathlib.Path(__file__).resolve().parent.parent / "Distillation" / "Golden" / "losses.json"
getcontext().prec = 50
STEP = D("1e-18")

OBJECTIVES = [
    "forward_kl", "reverse_kl", "jsd(0.1)", "jsd(0.5)", "jsd(0.9)", "skew_forward_kl(0.1)", "skew_forward_kl(0.5)", "skew_reverse_kl(0.1)", "skew_reverse_kl(0.5)", "tvd",
]
SETTINGS = [(1, 0), (2, 0.3)]


def float32(value):
    """What float32 holds of it, so that both precisions see the same logits."""
    return struct.unpack("f", struct.pack("f", value))[0]


def softmax(logits, temperature=1):
    """None is minus infinity."""
    weights = [D(0) if z is None else (z / D(temperature)).exp() for z in logits]
    return [weight / sum(weights) for weight in weights]


def kl(p, q):
    return sum((a * (a.ln() - b.ln()) for a, b in zip(p, q) if a > 0), D(0))


def mix(weight, p, q):
    return [weight * a + (1 - weight) * b for a, b in zip(p, q)]


def divergence(objective, p, q):
    name, _, number = objective.rstrip(")").partition("(")
    weight = D(number) if number else None
    if name == "forward_kl":
        return kl(p, q)
    if name == "reverse_kl":
        # a teacher that gives no mass is read as giving 2^-52
        return kl(q, [a if a > 0 else D(2) ** -52 for a in p])
    if name == "jsd":
        return weight * kl(p, mix(weight, p, q)) + (1 - weight) * kl(q, mix(weight, p, q))
    if name == "skew_forward_kl":
        return kl(p, mix(weight, p, q))
    if name == "skew_reverse_kl":
        return kl(q, mix(weight, q, p))
    return sum(abs(a - b) for a, b in zip(p, q)) / 2


def buckets(masses, ids):
    """The masses of some ids, and of all others together."""
    return [masses[i] for i in ids] + [sum((mass for i, mass in enumerate(masses) if i not in ids), D(0))]


def position_loss(case, row, logits):
    temperature, weight = case["temperature"], D(str(case["crossEntropyWeight"]))
    q = softmax(logits, temperature)
    if case["kind"] == "dense":
        soft = divergence(case["objective"], softmax(decimals(case["teacher"][row]), temperature), q)
    elif case["kind"] == "topk":
        soft = divergence(case["objective"], [D(mass) for mass in case["masses"][row]], buckets(q, case["ids"][row]))
    else:
        counts = case["counts"][row]
        soft = -sum(D(count) / sum(counts) * q[i].ln() for i, count in zip(case["ids"][row], counts)) - D(case["entropies"][row])
    hard = -softmax(logits)[case["tokens"][row]].ln()
    return (1 - weight) * D(temperature) ** 2 * soft + weight * hard


def decimals(values):
    return [None if value is None else D(value) for value in values]


def solve(case):
    """Adds the loss, a mean over positions, and its gradient in the student's logits."""
    loss, gradient = D(0), []
    count = len(case["student"])
    for row, values in enumerate(case["student"]):
        logits = decimals(values)
        loss += position_loss(case, row, logits) / count
        slopes = []
        for place, logit in enumerate(logits):
            if logit is None:
                slopes.append(0.0)
                continue
            above, below = ([*logits[:place], logit + sign * STEP, *logits[place + 1 :]] for sign in (1, -1))
            slopes.append(float((position_loss(case, row, above) - position_loss(case, row, below)) / (2 * STEP) / count))
        gradient.append(slopes)
    return {**case, "loss": float(loss), "gradient": gradient}


def problem(source, vocabulary=8, positions=2, padding=0):
    def rows():
        return [[float32(source.uniform(-3, 3)) for _ in range(vocabulary)] + [None] * padding for _ in range(positions)]

    return {"teacher": rows(), "student": rows(), "tokens": [source.randrange(vocabulary) for _ in range(positions)]}


def topk(case, k, temperature):
    """Top-k labels of a case's teacher: ids ascending, and the masses of ids and tail as float64 holds their sum to 1."""
    masses = [softmax(decimals(row), temperature) for row in case["teacher"]]
    ids = [sorted(sorted(range(len(row)), key=lambda i: -row[i])[:k]) for row in masses]
    return {"ids": ids, "masses": [[str(mass) for mass in buckets(row, chosen)] for row, chosen in zip(masses, ids)]}


def draws(case, temperature, source, count=7):
    rows = [softmax(decimals(row), temperature) for row in case["teacher"]]
    drawn = [source.choices(range(len(row)), [float(mass) for mass in row], k=count) for row in rows]
    ids = [sorted(set(row)) for row in drawn]
    return {
        "ids": ids,
        "counts": [[row.count(i) for i in chosen] for row, chosen in zip(drawn, ids)],
        "entropies": [float32(float(-sum(mass * mass.ln() for mass in row))) for row in rows],
    }


def tail_case(source, mass):
    """A student with a given mass outside the teacher's three ids."""
    case = problem(source)
    ids = sorted(sorted(range(8), key=lambda i: -case["teacher"][0][i])[:3])
    for row in case["student"]:
        inside = sum(D(row[i]).exp() for i in ids)
        outside = sum(D(z).exp() for i, z in enumerate(row) if i not in ids)
        shift = (inside * D(mass) / (1 - D(mass)) / outside).ln()
        row[:] = [z if i in ids else float32(z + float(shift)) for i, z in enumerate(row)]
    case["teacher"] = [case["teacher"][0]] * 2
    return {**case, **topk(case, 3, 1)}


def cases():
    source = random.Random(4)
    for objective in OBJECTIVES:
        for temperature, weight in SETTINGS:
            setting = {"objective": objective, "temperature": temperature, "crossEntropyWeight": weight}
            dense = problem(source)
            yield {"kind": "dense", **setting, **dense}
            yield {"kind": "topk", **setting, **dense, **topk(dense, 3, temperature)}
            if objective == "forward_kl":
                yield {"kind": "sampled", **setting, **dense, **draws(dense, temperature, source)}
        plain = {"objective": objective, "temperature": 1, "crossEntropyWeight": 0}
        padded = problem(source, vocabulary=6, padding=2)
        yield {"kind": "dense", **plain, **padded, "name": "padding rows"}
        yield {"kind": "topk", **plain, **padded, **topk(padded, 3, 1), "name": "padding rows"}
        for mass in ("1e-3", "1e-6", "1e-9"):
            yield {"kind": "topk", **plain, **tail_case(source, mass), "name": f"tail {mass}"}
        bare = problem(source)
        empty = topk(bare, 3, 1)
        empty["masses"] = [[str(D(mass) / sum(map(D, row[:-1]))) for mass in row[:-1]] + ["0"] for row in empty["masses"]]
        yield {"kind": "topk", **plain, **bare, **empty, "name": "empty tail"}


def main():
    text = "[\n" + ",\n".join(json.dumps(solve(case)) for case in cases()) + "\n]\n"
    if sys.argv[1:] == ["--check"]:
        if not FILE.exists() or FILE.read_text() != text:
            sys.exit(f"{FILE.name} differs from what the formulas give: run tests/reference/losses.py and look at the difference")
        print(f"{FILE.name} is what the formulas give")
    else:
        FILE.write_text(text)


main()
