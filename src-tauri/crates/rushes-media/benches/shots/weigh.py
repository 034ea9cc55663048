"""Weighs the traits of dissolves: reads what `--traits` prints, and prints the
table of weights for analysis/evidence.rs, with how well they do on reels that
they were not fitted to."""

import collections
import json
import sys

import numpy
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

# A stretch is a dissolve that shares this much with a true one; one that shares
# less is neither that nor another thing.
SHARE = 0.35
# The finder stops at the first stretch that is a dissolve; so many of each count.
OF_ONE = 3
# Inverse of the strength of regularisation.
FREEDOM = 0.02
PARTS = 8


def read():
    """Traits, whether it is a dissolve, where it lies, and the reel of each."""
    traits, labels, places, reels, truths = [], [], [], [], []
    seen = collections.Counter()
    for line in sys.stdin:
        told = json.loads(line)
        if "truth" in told:
            with open(told["truth"]) as file:
                truths.append(json.load(file))
            continue
        truth = truths[-1]
        start, end = told["from_us"], told["to_us"]
        if told["passes"] or start < (truth["opening_us"] or 0):
            continue
        if end > (truth["closing_us"] or truth["duration_us"]):
            continue
        shares = [0.0]
        for one in truth["gradual"]:
            both = min(end, one["end_us"]) - max(start, one["start_us"])
            either = max(end, one["end_us"]) - min(start, one["start_us"])
            shares.append(max(both / either, 0.0))
        traits.append(json.loads(told["traits"]))
        one = len(truths), shares.index(max(shares))
        seen[one] += max(shares) > SHARE
        is_one = max(shares) > SHARE and seen[one] <= OF_ONE
        labels.append(1 if is_one else 0 if max(shares) == 0 else -1)
        places.append((start, end))
        reels.append(len(truths) - 1)
    return numpy.array(traits), numpy.array(labels), places, numpy.array(reels), truths


def model():
    return make_pipeline(
        StandardScaler(),
        PolynomialFeatures(2, include_bias=False),
        StandardScaler(),
        LogisticRegression(C=FREEDOM, max_iter=10_000),
    )


def judged(evidence, places, reels, truths):
    """True, false and missed dissolves, where the first that holds is taken."""
    true = false = missed = 0
    for number, truth in enumerate(truths):
        taken = []
        for at in numpy.flatnonzero(reels == number):
            start, end = places[at]
            if evidence[at] > 0 and not any(start < e and s < end for s, e in taken):
                taken.append((start, end))
        spans = [(one["start_us"], one["end_us"], one["kind"]) for one in truth["gradual"]]
        false += sum(not any(start < e and s < end for s, e, _ in spans) for start, end in taken)
        for start, end, kind in spans:
            hit = any(start < e and s < end for s, e in taken)
            true += hit and kind == "dissolve"
            missed += not hit and kind == "dissolve"
    return true, false, missed


def table(fitted):
    """The fitted model over raw traits: a triangle of weights of products."""
    first, powers, second, regression = (step for _, step in fitted.steps)
    weights = regression.coef_[0] / second.scale_
    size = len(first.mean_)
    # Of terms (1, z) with z = (x - mean) / scale, as a matrix in (1, x).
    turn = numpy.eye(size + 1)
    turn[1:, 0] = -first.mean_ / first.scale_
    turn[1:, 1:] = numpy.diag(1 / first.scale_)
    form = numpy.zeros((size + 1, size + 1))
    form[0, 0] = regression.intercept_[0] - (weights * second.mean_).sum()
    for weight, power in zip(weights, powers.powers_):
        row, column = ([0, 0] + [i + 1 for i, p in enumerate(power) for _ in range(p)])[-2:]
        form[row, column] += weight
    form = turn.T @ form @ turn
    return numpy.tril(form + form.T) - numpy.diag(numpy.diag(form))


def main():
    traits, labels, places, reels, truths = read()
    known = labels >= 0
    print(f"// {known.sum()} stretches of {len(truths)} reels, {(labels == 1).sum()} of them dissolves")
    evidence = numpy.zeros(len(labels))
    for rest, part in GroupKFold(PARTS).split(traits, labels, reels):
        rest = rest[known[rest]]
        evidence[part] = model().fit(traits[rest], labels[rest]).decision_function(traits[part])
    true, false, missed = judged(evidence, places, reels, truths)
    print(f"// on reels not fitted to: {true} found, {false} false, {missed} missed")
    fitted = model().fit(traits[known], labels[known])
    form = table(fitted)
    terms = numpy.hstack([numpy.ones((len(traits), 1)), traits])
    drift = numpy.abs(numpy.einsum("ki,ij,kj->k", terms, form, terms) - fitted.decision_function(traits)).max()
    assert drift < 1e-6, drift
    for at, row in enumerate(form):
        print("    &[" + ", ".join(f"{weight:.3f}" for weight in row[: at + 1]) + "],")


main()
