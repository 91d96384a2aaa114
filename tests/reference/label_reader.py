#!/usr/bin/env python3
"""Reads a label record as docs/soft-label-format.md specifies it and prints it as JSON. Standard library only; written from that page.

    label_reader.py FILE
"""
import json
import math
import struct
import sys

LIMIT = 16
STEP = 1 / 256
NO_MASS = 65535


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


class Bytes:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise ValueError("cut off")
        self.at += count
        return self.data[self.at - count:self.at]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def text(self):
        return self.take(self.varint()).decode("utf-8")

    def uuid(self):
        digits = self.take(16).hex()
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    def halves(self, count):
        return list(struct.unpack(f"<{count}e", self.take(2 * count)))


class Bits:
    """Bits of a byte from the lowest up; numbers from their lowest bit up."""

    def __init__(self, source):
        self.source, self.at = source, 8 * source.at

    def bits(self, count):
        value = 0
        for bit in range(count):
            byte = self.source.data[self.at >> 3]
            value |= (byte >> (self.at & 7) & 1) << bit
            self.at += 1
        return value

    def zeros(self, most):
        count = 0
        while count < most:
            if self.bits(1):
                return count
            count += 1
        return count

    def rice(self, parameter, escape):
        quotient = self.zeros(LIMIT)
        return self.bits(escape) if quotient == LIMIT else quotient << parameter | self.bits(parameter)

    def gamma(self):
        low = self.zeros(16)
        return 1 << low | self.bits(low)

    def finish(self):
        assert self.bits(-self.at % 8) == 0, "padding is not zero"
        self.source.at = self.at // 8


def log2(value):
    return max(0, value.bit_length() - 1)


def read_sequence(source, topics, kind, size):
    head = {"sequenceId": source.take(16).hex(), "promptId": source.take(16).hex()}
    flags = source.take(1)[0]
    head["keyed"], head["holdout"] = bool(flags & 1), bool(flags & 2)
    head["promptTopic"] = topics[source.varint()]
    head["promptPartition"], head["promptOffset"], head["sample"] = source.varint(), source.varint(), source.varint()
    if flags & 8:
        head["student"] = {"studentId": source.uuid(), "version": source.varint()}
    length, prompt = source.varint(), source.varint()
    id_bits, gap_scale, rice = source.take(1)[0], source.varint(), source.take(1)[0]
    distinct_rice, mass_rice = rice & 15, rice >> 4

    stream = Bits(source)
    mask = [bool(stream.bits(1)) for _ in range(length - prompt)] if flags & 4 else [True] * (length - prompt)
    targets = [prompt + i for i, labelled in enumerate(mask) if labelled]
    tokens = [0 if t in set(targets) else stream.bits(id_bits) for t in range(length)]
    counts = [stream.rice(distinct_rice, 16) for _ in targets]
    counts = [count + 1 if kind == 1 else size - count for count in counts]
    rows = [{"target": target} for target in targets]
    for row, count in zip(rows, counts):
        ids, following = [], 0
        for _ in range(count):
            ids.append(following + stream.rice(log2(gap_scale // count), id_bits))
            following = ids[-1] + 1
        row["ids"] = ids
    for row, count in zip(rows, counts):
        if kind == 1:
            drawn = [stream.gamma() for _ in range(count - 1)]
            row["counts"] = drawn + [size - sum(drawn)]
            assert row["counts"][-1] > 0, "counts beyond N"
        else:
            lowest, tail = stream.bits(16), stream.bits(16)
            codes = [lowest - stream.rice(mass_rice, 16) for _ in range(count)]
            masses = [math.exp(-code * STEP) for code in codes]
            scale = math.log(sum(masses) + (0 if tail == NO_MASS else math.exp(-tail * STEP)))
            row["logProbabilities"] = [-code * STEP - scale for code in codes]
            if tail != NO_MASS:
                row["logTailMass"] = -tail * STEP - scale
    for row, count in zip(rows, counts):
        rank = stream.bits(log2(count) + 1)
        row["token"] = row["ids"][rank] if rank < count else stream.bits(id_bits)
        tokens[row["target"]] = row["token"]
    stream.finish()
    for row, entropy in zip(rows, source.halves(len(rows))):
        row["entropy"] = entropy
    if kind == 1 and flags & 2:
        for row, count in zip(rows, counts):
            row["logProbabilities"] = source.halves(count)
    return {**head, "tokens": tokens, "promptLength": prompt, "positions": rows}


def read(data):
    assert data[:4] == b"RFXL" and data[4] == 2, "no label record of version 2"
    assert struct.unpack("<I", data[-4:])[0] == crc32c(data[:-4]), "wrong checksum"
    source = Bytes(data[:-4])
    source.take(5)
    record = {"logTopic": source.uuid(), "recordId": source.take(16).hex(), "laneId": source.uuid(), "teacherId": source.uuid()}
    record["teacherRevision"], record["tokenizerHash"], record["templateHash"] = source.text(), source.text(), source.text()
    kind, size = source.take(1)[0], source.varint()
    record["labels"] = {"kind": {1: "sampled", 2: "topK"}[kind], "size": size, "temperature": struct.unpack("<d", source.take(8))[0]}
    topics = [source.uuid() for _ in range(source.varint())]
    record["sequences"] = [read_sequence(source, topics, kind, size) for _ in range(source.varint())]
    assert source.at == len(source.data), "bytes after the last sequence"
    return record


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        print(json.dumps(read(file.read())))
