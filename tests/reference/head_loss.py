#!/usr/bin/env python3
"""Head and loss as one writes them in eager PyTorch: the peer of `reflux bench labels` and `reflux bench head-loss`.

    head_loss.py TOKENS HIDDEN VOCABULARY THREADS [f32|bf16 [DEVICE [CHUNK]]]    prints {"seconds", "peakBytes"} of one forward and backward, in JSON

With CHUNK so many positions are worked on at a time, otherwise all at once. The first pass warms up, the second is timed; the peak is what the process, or on a GPU
PyTorch's allocator, took at most beyond its inputs.
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


def memory(field, device):
    if device.type == "cuda":
        return torch.cuda.memory_reserved(device) if field == "VmRSS:" else torch.cuda.max_memory_reserved(device)
    line = next(line for line in open("/proc/self/status") if line.startswith(field))
    return 1024 * int(line.split()[1])


def run(hidden, head, ids, weights, chunk):
    began = time.perf_counter()
    for states, drawn, shares in zip(hidden.split(chunk), ids.split(chunk), weights.split(chunk)):
        loss = -(F.log_softmax(F.linear(states, head).float(), 1).gather(1, drawn) * shares).sum() / hidden.shape[0]
        loss.backward()
    if hidden.device.type == "cuda":
        torch.cuda.synchronize(hidden.device)
    seconds = time.perf_counter() - began
    hidden.grad = head.grad = None
    return seconds


def main():
    tokens, width, vocabulary, threads = map(int, sys.argv[1:5])
    dtype, device, chunk = (sys.argv[5:] + ["f32", "cpu", tokens][len(sys.argv) - 5 :])[:3]
    dtype, device, chunk = {"f32": torch.float32, "bf16": torch.bfloat16}[dtype], torch.device(device), int(chunk)
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    source = random.Random(1)
    hidden = torch.empty(tokens, width).normal_().to(device, dtype).requires_grad_()
    head = torch.empty(vocabulary, width).normal_(std=width**-0.5).to(device, dtype).requires_grad_()
    ids = torch.tensor([source.sample(range(vocabulary), UNIQUE) for _ in range(tokens)]).to(device)
    weights = torch.tensor([DRAWS - UNIQUE + 1] + [1] * (UNIQUE - 1)).float().to(device).expand(tokens, UNIQUE) / DRAWS
    small = torch.ones(64, 64, dtype=dtype, device=device)
    small @ small
    before = memory("VmRSS:", device)
    run(hidden, head, ids, weights, chunk)
    seconds = run(hidden, head, ids, weights, chunk)
    print(json.dumps({"seconds": seconds, "peakBytes": memory("VmHWM:", device) - before}))


main()
