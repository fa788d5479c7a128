#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""learn-dtypes.py FOLDER F16|BF16 SAME NARROW: writes two copies of a folder for `cardsim learn`, with
the same numbers: those that the narrow type holds, stored as F32 in SAME and as the type in NARROW.
Subnormal numbers, both zeros and the least and largest of the type are among them."""
import json, os, shutil, struct, sys

folder, dtype, same, narrow = sys.argv[1:]


def to_bits(value):
    if dtype == "F16":
        return struct.unpack("<H", struct.pack("<e", value))[0]
    return struct.unpack("<I", struct.pack("<f", value))[0] >> 16


def from_bits(bits):
    if dtype == "F16":
        return struct.unpack("<e", struct.pack("<H", bits))[0]
    return struct.unpack("<f", struct.pack("<I", bits << 16))[0]


weights = {}
for name in sorted(os.listdir(f"{folder}/model")):
    if name.endswith(".safetensors"):
        data = open(f"{folder}/model/{name}", "rb").read()
        size = struct.unpack("<Q", data[:8])[0]
        head = json.loads(data[8:8 + size])
        head.pop("__metadata__", None)
        for tensor, entry in head.items():
            begin, end = entry["data_offsets"]
            letter, width = {"F32": ("f", 4), "F64": ("d", 8)}[entry["dtype"]]
            numbers = struct.unpack(f"<{(end - begin) // width}{letter}",
                                    data[8 + size + begin:8 + size + end])
            weights[tensor] = entry["shape"], [to_bits(x) for x in numbers]
edge = weights["model.layers.0.self_attn.q_proj.weight"][1]
edge[:4] = [0x0000, 0x8000, 0x0001, 0x83ff if dtype == "F16" else 0x807f]
for target, kind in (same, "F32"), (narrow, dtype):
    shutil.copytree(folder, target)
    os.system(f"chmod -R u+w {target}")
    for name in os.listdir(f"{target}/model"):
        if name != "config.json":
            os.remove(f"{target}/model/{name}")
    head, body = {}, b""
    for tensor, (shape, bits) in weights.items():
        part = b"".join(struct.pack("<f", from_bits(b)) if kind == "F32" else struct.pack("<H", b)
                        for b in bits)
        head[tensor] = {"dtype": kind, "shape": shape,
                        "data_offsets": [len(body), len(body) + len(part)]}
        body += part
    text = json.dumps(head).encode()
    with open(f"{target}/model/model.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)
