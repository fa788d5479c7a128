#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""learn-compare.py EXPECTED RESULTS LOSS GRADIENT SGD ADAM: compares what `cardsim learn` wrote with
the expected files of its folder. The four numbers are relative tolerances: of losses, of gradients,
and of adapters after SGD and after Adam (each tensor's largest difference over its largest
magnitude). Its own reader of safetensors; exit 1 names what differs."""
import csv, json, os, struct, sys

expected, results = sys.argv[1:3]
loss_tolerance, gradient_tolerance, sgd_tolerance, adam_tolerance = map(float, sys.argv[3:7])
bad = []


def tensors(path):
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    head = json.loads(data[8:8 + size])
    head.pop("__metadata__", None)
    body, result = data[8 + size:], {}
    for name, entry in head.items():
        begin, end = entry["data_offsets"]
        letter, width = {"F32": ("f", 4), "F64": ("d", 8)}[entry["dtype"]]
        result[name] = struct.unpack(f"<{(end - begin) // width}{letter}", body[begin:end])
    return result


for name in "losses.csv", "tests.csv":
    want, got = (list(csv.reader(open(f"{d}/{name}"))) for d in (expected, results))
    if [r[:-1] for r in want] != [r[:-1] for r in got]:
        bad.append(f"{name}: other rows")
        continue
    for a, b in zip(want[1:], got[1:]):
        if not abs(float(a[-1]) - float(b[-1])) <= loss_tolerance * abs(float(a[-1])):
            bad.append(f"{name}: {','.join(a)} is {b[-1]}")
n = 0
for folder in "gradients", "after":
    for name in sorted(os.listdir(f"{expected}/{folder}")):
        want, got = (tensors(f"{d}/{folder}/{name}") for d in (expected, results))
        tolerance = (gradient_tolerance if folder == "gradients" else
                     adam_tolerance if "_adam_" in name else sgd_tolerance)
        if want.keys() != got.keys():
            bad.append(f"{folder}/{name}: other tensors")
            continue
        for tensor, values in want.items():
            n += 1
            most = max(max(map(abs, values)), 1e-300)
            off = max(abs(a - b) for a, b in zip(values, got[tensor])) / most
            if not off <= tolerance or len(values) != len(got[tensor]):
                bad.append(f"{folder}/{name}: {tensor} is off by {off:.3g}")
# The folder for PEFT: the same adapters in float32, and the figures it needs to read them.
start = json.load(open(f"{expected}/adapter/adapter_config.json"))
for name in sorted(os.listdir(f"{results}/adapters")):
    config = json.load(open(f"{results}/adapters/{name}/adapter_config.json"))
    for key in "peft_type", "r", "lora_alpha":
        if config[key] != start[key]:
            bad.append(f"adapters/{name}: {key} is {config[key]}")
    if sorted(config["target_modules"]) != sorted(start["target_modules"]):
        bad.append(f"adapters/{name}: target_modules {config['target_modules']}")
    kept = tensors(f"{results}/adapters/{name}/adapter_model.safetensors")
    for tensor, values in tensors(f"{results}/after/{name}.safetensors").items():
        n += 1
        narrow = struct.unpack(f"<{len(values)}f", struct.pack(f"<{len(values)}f", *values))
        if kept.pop(tensor, None) != narrow:
            bad.append(f"adapters/{name}: {tensor} is not that of after/")
    if kept:
        bad.append(f"adapters/{name}: {kept.keys()}")
print(f"{n} tensors compared")
for line in bad[:20]:
    print(line)
sys.exit(1 if bad or n == 0 else 0)
