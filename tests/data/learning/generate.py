#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/data/learning/small: a folder for `cardsim learn` with its expected results.

Plain Python in double precision, from the definitions alone: the network of LlamaForCausalLM, LoRA
as PEFT scales it, and every gradient by central differences (step 1e-4, Richardson's extrapolation),
so that nothing here could repeat a mistake of a backward pass written by hand.
"""
import json, math, os, random, struct

L, H, N, NKV, D, F, V, RANK, ALPHA, S, B = 2, 8, 2, 1, 4, 10, 13, 2, 3, 5, 2
THETA, EPS = 50.0, 1e-3
MODULES = {"self_attn.q_proj": (N * D, H), "self_attn.k_proj": (NKV * D, H),
           "self_attn.v_proj": (NKV * D, H), "self_attn.o_proj": (H, N * D),
           "mlp.gate_proj": (F, H), "mlp.up_proj": (F, H), "mlp.down_proj": (H, F)}
ADAPTED = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.o_proj", "mlp.up_proj",
           "mlp.down_proj"]
out = os.path.join(os.path.dirname(os.path.abspath(__file__)), "small")
rng = random.Random(20250130)
f32 = lambda x: struct.unpack("<f", struct.pack("<f", x))[0]
matrix = lambda rows, columns, size: [[f32(rng.gauss(0, size)) for _ in range(columns)]
                                      for _ in range(rows)]

W = {f"model.layers.{i}.{m}.weight": matrix(*shape, 0.4) for i in range(L)
     for m, shape in MODULES.items()}
G = {}
for i in range(L):
    for name in ("input_layernorm", "post_attention_layernorm"):
        G[f"model.layers.{i}.{name}.weight"] = [f32(1 + rng.gauss(0, .2)) for _ in range(H)]
G["model.norm.weight"] = [f32(1 + rng.gauss(0, .2)) for _ in range(H)]
E, HEAD = matrix(V, H, 1.0), matrix(V, H, 0.6)
P = {}  # adapters
for i in range(L):
    for m in ADAPTED:
        base = f"base_model.model.model.layers.{i}.{m}.lora_"
        P[base + "A.weight"] = matrix(RANK, MODULES[m][1], 0.3)
        P[base + "B.weight"] = matrix(MODULES[m][0], RANK, 0.3)


def apply(i, m, p, x):
    w = W[f"model.layers.{i}.{m}.weight"]
    y = [sum(a * b for a, b in zip(row, x)) for row in w]
    if m in ADAPTED:
        base = f"base_model.model.model.layers.{i}.{m}.lora_"
        u = [sum(a * b for a, b in zip(row, x)) for row in p[base + "A.weight"]]
        y = [v + ALPHA / RANK * sum(a * b for a, b in zip(row, u))
             for v, row in zip(y, p[base + "B.weight"])]
    return y


def norm(x, g):
    r = math.sqrt(sum(v * v for v in x) / H + EPS)
    return [v / r * w for v, w in zip(x, g)]


def rotate(x, t):
    y = list(x)
    for j in range(D // 2):
        angle = t * THETA ** (-2 * j / D)
        a, b = x[j], x[j + D // 2]
        y[j] = a * math.cos(angle) - b * math.sin(angle)
        y[j + D // 2] = b * math.cos(angle) + a * math.sin(angle)
    return y


def layer(i, p, h):
    z = [norm(x, G[f"model.layers.{i}.input_layernorm.weight"]) for x in h]
    heads = lambda y, n: [y[a * D:(a + 1) * D] for a in range(n)]
    q = [[rotate(a, t) for a in heads(apply(i, "self_attn.q_proj", p, x), N)]
         for t, x in enumerate(z)]
    k = [[rotate(a, t) for a in heads(apply(i, "self_attn.k_proj", p, x), NKV)]
         for t, x in enumerate(z)]
    v = [heads(apply(i, "self_attn.v_proj", p, x), NKV) for x in z]
    mid = []
    for t in range(len(h)):
        row = []
        for a in range(N):
            kv = a // (N // NKV)
            score = [sum(x * y for x, y in zip(q[t][a], k[u][kv])) / math.sqrt(D)
                     for u in range(t + 1)]
            e = [math.exp(s) for s in score]
            row += [sum(e[u] * v[u][kv][j] for u in range(t + 1)) / sum(e) for j in range(D)]
        mid.append([x + y for x, y in zip(h[t], apply(i, "self_attn.o_proj", p, row))])
    result = []
    for x in mid:
        z = norm(x, G[f"model.layers.{i}.post_attention_layernorm.weight"])
        gate, up = apply(i, "mlp.gate_proj", p, z), apply(i, "mlp.up_proj", p, z)
        act = [g / (1 + math.exp(-g)) * u for g, u in zip(gate, up)]
        result.append([a + b for a, b in zip(x, apply(i, "mlp.down_proj", p, act))])
    return result


def device(p, tokens, cut):
    h = [list(E[t]) for t in tokens[:-1]]
    for i in range(cut):
        h = layer(i, p, h)
    return h


def server(p, h, targets, cut):
    """The sum of the positions' losses."""
    for i in range(cut, L):
        h = layer(i, p, h)
    loss = 0.0
    for x, target in zip(h, targets):
        z = norm(x, G["model.norm.weight"])
        logits = [sum(a * b for a, b in zip(row, z)) for row in HEAD]
        loss += math.log(sum(map(math.exp, logits))) - logits[target]
    return loss


def codec(name, x):
    if name.startswith("quant:"):
        top = 2 ** (int(name[6:]) - 1) - 1
        scale = max(map(abs, x)) / top
        return [round(v / scale) * scale for v in x]  # Python rounds half to even
    if name.startswith("topk:"):
        k = min(H, max(1, math.floor(float(name[5:]) * H + .5)))
        kept = sorted(range(H), key=lambda j: (-abs(x[j]), j))[:k]
        return [v if j in kept else 0.0 for j, v in enumerate(x)]
    return x


def slope(f, rows, i, j):
    """df/d rows[i][j] by central differences, extrapolated to a step of 0."""
    at = rows[i][j]
    def central(h):
        rows[i][j] = at + h
        more = f()
        rows[i][j] = at - h
        less = f()
        rows[i][j] = at
        return (more - less) / (2 * h)
    return (4 * central(5e-4) - central(1e-3)) / 3


def step(p, tokens, offsets, cut, code):
    share = 1 / (len(offsets) * S)
    text = [tokens[o:o + S + 1] for o in offsets]
    received = [[codec(code, x) for x in device(p, t, cut)] for t in text]
    lossf = lambda: share * sum(server(p, h, t[1:], cut) for h, t in zip(received, text))
    back = [[codec(code, [slope(lambda: share * server(p, h, t[1:], cut), h, i, j)
                          for j in range(H)]) for i in range(S)]
            for h, t in zip(received, text)] if cut > 0 else None
    passed = lambda: sum(a * b for t, g in zip(text, back)
                         for x, y in zip(device(p, t, cut), g) for a, b in zip(x, y))
    gradient = {}
    for name, rows in p.items():
        f = passed if int(name.split(".")[4]) < cut else lossf
        gradient[name] = [[slope(f, rows, i, j) for j in range(len(rows[0]))]
                          for i in range(len(rows))]
    return lossf(), gradient


def write_tensors(path, tensors, kind):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    head, data = {}, b""
    for name, rows in tensors.items():
        flat = [v for row in rows for v in row] if isinstance(rows[0], list) else rows
        raw = struct.pack(f"<{len(flat)}{'f' if kind == 'F32' else 'd'}", *flat)
        shape = [len(rows), len(rows[0])] if isinstance(rows[0], list) else [len(rows)]
        head[name] = {"dtype": kind, "shape": shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 8)
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + data)


def write(name, text):
    path = os.path.join(out, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, "w").write(text)


tokens, test = [rng.randrange(V) for _ in range(60)], [rng.randrange(V) for _ in range(21)]
sizes, rounds = [3, 5], 2
offsets = {(r, m): [rng.randrange(60 - S) for _ in range(B)] for r in range(rounds)
           for m in range(2)}
runs = [("cut0_none_sgd_seq", 0, "none", "sequential"), ("cut1_none_sgd_par", 1, "none", "parallel"),
        ("cut1_q4_sgd_seq", 1, "quant:4", "sequential"), ("cut2_top25_sgd_par", 2, "topk:0.25", "parallel")]
write("model/config.json", json.dumps({
    "model_type": "llama", "hidden_act": "silu", "hidden_size": H, "num_hidden_layers": L,
    "num_attention_heads": N, "num_key_value_heads": NKV, "head_dim": D, "intermediate_size": F,
    "vocab_size": V, "rms_norm_eps": EPS, "tie_word_embeddings": False,
    "rope_parameters": {"rope_theta": THETA, "rope_type": "default"}}, indent=1) + "\n")
first = {**{"model.embed_tokens.weight": E, "lm_head.weight": HEAD}, **G}
for shard, tensors in ("a", first), ("b", W):
    write_tensors(f"{out}/model/{shard}.safetensors", tensors, "F32")
write("model/model.safetensors.index.json", json.dumps(
    {"metadata": {}, "weight_map": {**{n: "a.safetensors" for n in first},
                                    **{n: "b.safetensors" for n in W}}}, indent=1) + "\n")
write("adapter/adapter_config.json", json.dumps({
    "peft_type": "LORA", "r": RANK, "lora_alpha": ALPHA, "lora_dropout": 0.0, "bias": "none",
    "target_modules": [m.split(".")[1] for m in ADAPTED]}, indent=1) + "\n")
write_tensors(f"{out}/adapter/adapter_model.safetensors", P, "F32")
for name, data in ("tokens.u16", tokens), ("test.u16", test):
    open(f"{out}/{name}", "wb").write(struct.pack(f"<{len(data)}H", *data))
write("devices.csv", "device,data_size\n" + "".join(f"{m + 1},{n}\n" for m, n in enumerate(sizes)))
write("batches.csv", "round,device,step,offsets\n" + "".join(
    f"{r + 1},{m + 1},1,{' '.join(map(str, o))}\n" for (r, m), o in offsets.items()))
write("runs.csv", "run,cut,codec,optimizer,optimizer_state,schedule,gamma_s,gamma_m,seq_len\n" +
      "".join(f"{n},{c},{k},sgd,reset,{s},0.3,0.2,{S}\n" for n, c, k, s in runs))
losses, tests = "run,round,device,step,loss\n", "run,round,test_loss\n"
copy = lambda p: {n: [list(r) for r in rows] for n, rows in p.items()}
for name, cut, code, schedule in runs:
    p = copy(P)
    def test_loss():
        n = (len(test) - 1) // S
        return sum(server(p, device(p, test[i * S:i * S + S + 1], 0), test[i * S + 1:i * S + S + 1], 0)
                   for i in range(n)) / (n * S)
    tests += f"{name},0,{test_loss()!r}\n"
    for r in range(rounds):
        mean = None
        for m in range(2):
            q = copy(p) if schedule == "parallel" else p
            loss, gradient = step(q, tokens, offsets[r, m], cut, code)
            losses += f"{name},{r + 1},{m + 1},1,{loss!r}\n"
            if (r, m) == (0, 0):
                kind = {"none": "none", "quant:4": "q4", "topk:0.25": "top25"}[code]
                write_tensors(f"{out}/gradients/cut{cut}_{kind}.safetensors", gradient, "F64")
            for n, rows in q.items():
                rate = 0.2 if int(n.split(".")[4]) < cut else 0.3
                for i, row in enumerate(rows):
                    for j in range(len(row)):
                        row[j] -= rate * gradient[n][i][j]
            share = sizes[m] / sum(sizes)
            if schedule == "parallel":
                mean = mean or {n: [[0.0] * len(v) for v in rows] for n, rows in q.items()}
                for n, rows in q.items():
                    for i, row in enumerate(rows):
                        for j in range(len(row)):
                            mean[n][i][j] += share * row[j]
        p = mean or p
        tests += f"{name},{r + 1},{test_loss()!r}\n"
    write_tensors(f"{out}/after/{name}.safetensors", p, "F64")
write("losses.csv", losses)
write("tests.csv", tests)
