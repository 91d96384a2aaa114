#!/usr/bin/env python3
"""The peer of `reflux bench models`: a decoder of the Llama line as one writes it in eager PyTorch, in float32.

    benchmark.py THREADS     one JSON request a line on stdin, tokens a second on stdout

It does what a careful user would: whole batches, PyTorch's own fused loss, clipping and AdamW, keys and values in buffers taken once.
"""
import json
import math
import os
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


class Layer(torch.nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        queries, keys = c["heads"] * c["width"], c["kvHeads"] * c["width"]
        self.attention_norm = torch.nn.Parameter(torch.ones(c["hidden"]))
        self.feed_forward_norm = torch.nn.Parameter(torch.ones(c["hidden"]))
        self.q = torch.nn.Linear(c["hidden"], queries, bias=False)
        self.k = torch.nn.Linear(c["hidden"], keys, bias=False)
        self.v = torch.nn.Linear(c["hidden"], keys, bias=False)
        self.o = torch.nn.Linear(queries, c["hidden"], bias=False)
        self.gate = torch.nn.Linear(c["hidden"], c["intermediate"], bias=False)
        self.up = torch.nn.Linear(c["hidden"], c["intermediate"], bias=False)
        self.down = torch.nn.Linear(c["intermediate"], c["hidden"], bias=False)

    def forward(self, hidden, cos, sin, mask, cache, start):
        hidden = hidden + self.attend(norm(hidden, self.attention_norm), cos, sin, mask, cache, start)
        rows = norm(hidden, self.feed_forward_norm)
        return hidden + self.down(F.silu(self.gate(rows)) * self.up(rows))

    def attend(self, rows, cos, sin, mask, cache, start):
        batch, length, _ = rows.shape
        c = self.c
        q = rotate(self.q(rows).view(batch, length, c["heads"], c["width"]).transpose(1, 2), cos, sin)
        k = rotate(self.k(rows).view(batch, length, c["kvHeads"], c["width"]).transpose(1, 2), cos, sin)
        v = self.v(rows).view(batch, length, c["kvHeads"], c["width"]).transpose(1, 2)
        if cache is not None:
            cache[0][:, :, start : start + length] = k
            cache[1][:, :, start : start + length] = v
            k, v = cache[0][:, :, : start + length], cache[1][:, :, : start + length]
        groups = c["heads"] // c["kvHeads"]
        k, v = k.repeat_interleave(groups, dim=1), v.repeat_interleave(groups, dim=1)
        scores = q @ k.transpose(2, 3) / math.sqrt(c["width"])
        if mask is not None:
            scores = scores + mask
        return self.o((scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, -1))


class Decoder(torch.nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.embedding = torch.nn.Embedding(c["vocabulary"], c["hidden"])
        self.layers = torch.nn.ModuleList(Layer(c) for _ in range(c["layers"]))
        self.final_norm = torch.nn.Parameter(torch.ones(c["hidden"]))
        angles = torch.outer(torch.arange(256.0), 10000.0 ** (-torch.arange(0, c["width"], 2) / c["width"])).repeat(1, 2)
        self.cos, self.sin = angles.cos(), angles.sin()

    def forward(self, ids, mask=None, caches=None, start=0):
        hidden = self.embedding(ids)
        cos, sin = self.cos[start : start + ids.shape[1]], self.sin[start : start + ids.shape[1]]
        for index, layer in enumerate(self.layers):
            hidden = layer(hidden, cos, sin, mask, caches[index] if caches else None, start)
        return norm(hidden, self.final_norm)

    def logits(self, hidden):
        return F.linear(hidden, self.embedding.weight)


def norm(rows, weight):
    return rows * torch.rsqrt(rows.square().mean(-1, keepdim=True) + 1e-6) * weight


def rotate(rows, cos, sin):
    first, second = rows.chunk(2, dim=-1)
    return rows * cos + torch.cat((-second, first), dim=-1) * sin


def causal(length):
    return torch.full((length, length), -math.inf).triu(1)


class Train:
    def __init__(self, request):
        torch.manual_seed(1)
        self.model = Decoder(request["config"])
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-4, betas=(0.9, 0.95), weight_decay=0.1)
        self.ids = torch.randint(request["config"]["vocabulary"], (request["rows"], request["length"]))
        self.mask = causal(request["length"])
        self.steps = request["steps"]

    def run(self):
        for _ in range(self.steps):
            self.optimizer.zero_grad()
            hidden = self.model(self.ids, self.mask)[:, :-1]
            loss = F.cross_entropy(self.model.logits(hidden.reshape(-1, hidden.shape[-1])), self.ids[:, 1:].reshape(-1))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
            loss.item()
        return self.steps * self.ids.numel()


class Generate:
    def __init__(self, request):
        torch.manual_seed(1)
        c = request["config"]
        self.model = Decoder(c)
        self.prompts = torch.randint(c["vocabulary"], (request["batch"], request["promptLength"]))
        self.mask = causal(request["promptLength"])
        self.answer = request["answerLength"]

    @torch.inference_mode()
    def run(self):
        c = self.model.c
        batch, start = self.prompts.shape
        shape = (batch, c["kvHeads"], start + self.answer, c["width"])
        caches = [(torch.empty(shape), torch.empty(shape)) for _ in range(c["layers"])]
        ids = self.model.logits(self.model(self.prompts, self.mask, caches)[:, -1]).argmax(-1)
        tokens = [ids.tolist()]
        for step in range(self.answer - 1):
            ids = self.model.logits(self.model(ids[:, None], None, caches, start + step)[:, -1]).argmax(-1)
            tokens.append(ids.tolist())
        return sum(len(row) for row in tokens)


def blas():
    """The folder and file of the BLAS in use, as Debian tells its flavours apart."""
    for line in open("/proc/self/maps"):
        path = line.split()[-1]
        if "blas" in os.path.basename(path):
            real = os.path.realpath(path)
            return "/".join(real.split("/")[-2:])
    return "unknown"


def main():
    torch.set_num_threads(int(sys.argv[1]))
    torch.ones(64, 64) @ torch.ones(64, 64)
    print(json.dumps({"torch": torch.__version__, "blas": blas()}), flush=True)
    prepared = {}
    for line in sys.stdin:
        if line not in prepared:
            request = json.loads(line)
            prepared[line] = {"train": Train, "generate": Generate}[request["task"]](request)
        began = time.perf_counter()
        tokens = prepared[line].run()
        print(tokens / (time.perf_counter() - began), flush=True)


main()
