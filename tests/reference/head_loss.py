#!/usr/bin/env python3
"""Head and loss as one writes them in eager PyTorch, in float32: the peer of `reflux bench labels`.

    head_loss.py TOKENS HIDDEN VOCABULARY THREADS    prints {"seconds", "peakBytes"} of one forward and backward, in JSON

The first pass warms up, the second is timed; the peak is what the process took at most beyond its inputs.
"""
import json
import os
import random
import sys
import time

# OpenBLAS knows no CPU younger than itself; the product names its kernels in the same way
FLAGS = set(next((line for line in open("/proc/cpuinfo") if line.startswith("flags")), "").split())
if {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"} <= FLAGS:
    os.environ.setdefault("OPENBLAS_CORETYPE", "SkylakeX")
elif {"avx2", "fma"} <= FLAGS:
    os.environ.setdefault("OPENBLAS_CORETYPE", "Haswell")

import torch
import torch.nn.functional as F

DRAWS, UNIQUE = 50, 12


def memory(field):
    line = next(line for line in open("/proc/self/status") if line.startswith(field))
    return 1024 * int(line.split()[1])


def run(hidden, head, ids, weights):
    began = time.perf_counter()
    loss = -(F.log_softmax(F.linear(hidden, head), 1).gather(1, ids) * weights).sum() / hidden.shape[0]
    loss.backward()
    seconds = time.perf_counter() - began
    hidden.grad = head.grad = None
    return seconds


def main():
    tokens, width, vocabulary, threads = map(int, sys.argv[1:])
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    source = random.Random(1)
    hidden = torch.empty(tokens, width).normal_().requires_grad_()
    head = torch.empty(vocabulary, width).normal_(std=width**-0.5).requires_grad_()
    ids = torch.tensor([source.sample(range(vocabulary), UNIQUE) for _ in range(tokens)])
    weights = torch.tensor([DRAWS - UNIQUE + 1] + [1] * (UNIQUE - 1)).float().expand(tokens, UNIQUE) / DRAWS
    torch.ones(64, 64) @ torch.ones(64, 64)
    before = memory("VmRSS:")
    run(hidden, head, ids, weights)
    seconds = run(hidden, head, ids, weights)
    print(json.dumps({"seconds": seconds, "peakBytes": memory("VmHWM:") - before}))


main()
