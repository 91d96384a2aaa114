"""Reads and writes safetensors without numpy."""
import array
import json
import sys

import torch

TYPES = {"F64": (torch.float64, torch.int64, "q"), "F32": (torch.float32, torch.int32, "i"), "F16": (torch.float16, torch.int16, "h"),
         "BF16": (torch.bfloat16, torch.int16, "h")}


def write(path, tensors, dtype="F64"):
    """Stores float64 tensors, in order of their names."""
    stored, bits, code = TYPES[dtype]
    header, data = {"__metadata__": {"format": "pt"}}, bytearray()
    for name in sorted(tensors):
        numbers = array.array(code, tensors[name].detach().to(stored).contiguous().view(bits).flatten().tolist())
        if sys.byteorder == "big":
            numbers.byteswap()
        begin = len(data)
        data += numbers.tobytes()
        header[name] = {"dtype": dtype, "shape": list(tensors[name].shape), "data_offsets": [begin, len(data)]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + data)


def read(path):
    """All tensors of a file, as float64."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        stored, bits, code = TYPES[entry["dtype"]]
        numbers = array.array(code, data[slice(*entry["data_offsets"])])
        if sys.byteorder == "big":
            numbers.byteswap()
        tensors[name] = torch.tensor(numbers.tolist(), dtype=bits).view(stored).double().reshape(entry["shape"])
    return tensors
