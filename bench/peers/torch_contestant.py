# PyTorch, as Debian packages it (python3-torch, with libopenblas0-openmp): eager mode, without shuffling. It answers
# compare.mjs as contestant.mjs does.
import json
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

RATES = {"sgd": 0.01, "adam": 0.0001, "momentum": 0.9}
threads = int(sys.argv[1])
torch.set_num_threads(threads)
torch.set_num_interop_threads(1)
torch.set_flush_denormal(True)  # subnormal numbers would slow it down; it promises nothing about them


def network(sizes):
    torch.manual_seed(7)
    layers = []
    for i, (inputs, units) in enumerate(zip(sizes, sizes[1:])):
        layers.append(nn.Linear(inputs, units))
        if i < len(sizes) - 2:
            layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def optimizer_of(name, model, foreach):
    if name == "adam":
        return torch.optim.Adam(model.parameters(), lr=RATES["adam"], foreach=foreach)
    return torch.optim.SGD(model.parameters(), lr=RATES["sgd"], momentum=RATES["momentum"], foreach=foreach)


def labels(x, classes):
    """As problems.mjs has them: signs of sums as bits, a quarter at random."""
    rows, columns = x.shape
    label = torch.zeros(rows, dtype=torch.int64)
    for bit in range((classes - 1).bit_length()):
        chosen = [(bit * 16 + i) % columns for i in range(16)]
        label = 2 * label + (x[:, chosen].sum(1) > 0)
    noise = torch.randint(0, 4 * classes, (rows,))
    return torch.where(noise < classes, noise, label % classes)


def trainer(problem, foreach):
    sizes, batch, rows = problem["sizes"], problem["batch"], problem["rows"]
    model = network(sizes)
    optimizer = optimizer_of(problem["optimizer"], model, foreach)
    x = 2 * torch.rand(rows, sizes[0]) - 1
    binary = sizes[-1] == 1
    y = labels(x, 2 if binary else sizes[-1])
    y = y.reshape(-1, 1).float() if binary else y
    loss = F.binary_cross_entropy_with_logits if binary else F.cross_entropy

    def work():
        for i in range(0, rows, batch):
            optimizer.zero_grad(set_to_none=True)
            loss(model(x[i:i + batch]), y[i:i + batch]).backward()
            optimizer.step()
        return rows

    return work


def predictor(problem):
    model = torch.jit.script(network(problem["sizes"]).eval())
    x = torch.rand(problem["rows"], problem["sizes"][0])

    def work():
        with torch.inference_mode():
            F.softmax(model(x), 1)
        return problem["rows"]

    for _ in range(5):
        work()
    return work


def timed(work, times):
    start = time.perf_counter()
    rows = sum(work() for _ in range(times))
    return {"rows": rows, "seconds": time.perf_counter() - start}


def prepared(problem):
    if problem["kind"] == "predict":
        return predictor(problem)
    # Two ways to run the same optimizer: the faster one counts.
    ways = [trainer(problem, foreach) for foreach in (False, True)]
    for way in ways:
        way()
    return min(ways, key=lambda way: timed(way, 1)["seconds"])


work, times = None, 1
for line in sys.stdin:
    request = json.loads(line)
    if "problem" in request:
        work = prepared(request["problem"])
        timed(work, 1)
        times = max(1, round(request["seconds"] / timed(work, 1)["seconds"]))
        answer = {"ready": True}
    else:
        answer = timed(work, times)
    print(json.dumps(answer), flush=True)
