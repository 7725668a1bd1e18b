#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Adds up result files of `staleline check --seeds=`, of other seeds each, as tables for a page.

usage: seeds.py SEEDS FRAMES FAULTS FILE...

SEEDS is how many there are in all files together, FRAMES how many each control performed in each run under each setting of
the module that it has (its own, and those that faults beside it need), FAULTS the output of `staleline --list-faults`. Ends
with an assertion where a control was not clean in every run, or where a fault was not noticed
by whom the catalogue promises, in every run; or where somebody noticed whom it doesn't name.
"""
import json
import re
import sys

WHO = "card", "state", "access", "kernel", "clock"
MOST_FRAMES = 200  # within which the card is to notice
SETTINGS = {"write=poison of the module", "inject=1 of the module before each frame"}


def promises(file):
    """Who can notice each fault; and its control, and what it needs that is set on the module for it."""
    can, setting, name = {}, {}, None
    for line in open(file):
        if m := re.match(r"(\S+) \(breaks .*; control: (\S+)\)", line):
            name = m[1]
            can[name] = []
            setting[name] = m[2], ""
        if m := re.match(r" +noticed by: (.*)", line):
            can[name] = m[1].strip().split(", ")
        if m := re.match(r" +needs: (.*)", line):
            setting[name] = setting[name][0], " ".join(set(m[1].strip().split(", ")) & SETTINGS)
    return can, setting


def add(sums, record):
    """One record more of an order; the frames that the card took are known one by one where a file has one seed."""
    key = record["direction"], record["sync"], record["fault"], record["order"]
    s = sums.setdefault(key, {"record": record, "seeds": set(), "runs": 0, "frames": 0, "checked": 0, "fresh": 0,
                              "by": dict.fromkeys(WHO, 0), "at": [], "median": None, "skipped": None})
    if record["verdict"] == "skipped":
        s["skipped"] = record["why"]
        return
    seeds = record["seeds"]
    new = set(range(seeds["first"], seeds["first"] + seeds["count"]))
    assert not new & s["seeds"], record
    s["seeds"] |= new
    s["runs"] += seeds["runs"]
    s["frames"] += record["frames"]
    s["checked"] += record["cells"]["checked"]
    s["fresh"] += record["cells"]["fresh"]
    for who in WHO if record["fault"] else ():
        s["by"][who] += seeds["noticed_by"][who]
    if at := seeds["noticed_at"]:
        s["at"] += [at["min"], at["max"]]
        s["median"] = at["median"]


def settings(key, sums, setting):
    """Under how many a control is performed: its own, and those of its faults that were planned beside it."""
    faults = {k[2] for k in sums if k[:2] == key[:2] and k[2]}
    return len({""} | {setting[fault][1] for fault in faults if setting[fault][0] == key[3]})


def hold(key, s, can, seeds, frames):
    """Held against what the catalogue promises."""
    fault = key[2]
    if s["skipped"]:
        assert fault and "card" not in can[fault] and not s["seeds"], (key, s["skipped"])
        return
    assert len(s["seeds"]) == seeds and s["runs"] == 2 * seeds, (key, s["seeds"])
    if fault is None:
        assert s["record"]["verdict"] == "ok" and s["frames"] == s["runs"] * frames, (key, s)
        assert s["fresh"] == s["checked"] >= s["frames"] * 64, (key, s)
        return
    for who in "card", "access":
        assert s["by"][who] == (s["runs"] if who in can[fault] else 0), (key, who, s["by"])
    assert not {who for who in WHO if s["by"][who]} - set(can[fault]), (key, s["by"], can[fault])
    assert ("card" in can[fault]) == bool(s["at"]), (key, s)
    assert not s["at"] or 1 <= min(s["at"]) and max(s["at"]) <= MOST_FRAMES, (key, s["at"])


def row(fault, s):
    if not fault:
        print(f'| {s["record"]["order"]} | {s["runs"]} | {s["frames"]} | {s["checked"]} | {s["checked"] - s["fresh"]} |')
        return
    if s["skipped"]:
        print(f'| {fault} | skipped: {s["skipped"]} | - | - |')
        return
    by = [who if n == s["runs"] else f"{who} ({n} of {s['runs']})" for who, n in s["by"].items() if n]
    at = sorted(s["at"])
    median = at[len(at) // 2] if len(at) == s["runs"] else s["median"]
    took = f"{at[0]} / {median} / {at[-1]}" if at else "-"
    print(f'| {fault} | {", ".join(by) or "none"} | {took} | {s["by"]["card"]} of {s["runs"]} |')


def main():
    seeds, frames = int(sys.argv[1]), int(sys.argv[2])
    can, setting = promises(sys.argv[3])
    sums = {}
    for file in sys.argv[4:]:
        for record in json.load(open(file))["results"]:
            add(sums, record)
    assert sums
    for direction, sync in sorted({key[:2] for key in sums}, reverse=True):
        print(f"\n**{direction}, {sync}**, seeds 1 to {seeds}")
        for faults, head in (False, "| control | runs | frames | cells | not fresh |"), (
                True, "| fault | who noticed | frames until the card did, least / median / most | noticed by the card in |"):
            of = [(key, s) for key, s in sums.items() if key[:2] == (direction, sync) and bool(key[2]) == faults]
            if of:
                print(f"\n{head}\n{'| --- ' * (head.count('|') - 1)}|")
            for key, s in of:
                row(key[2], s)
    for key, s in sums.items():
        hold(key, s, can, seeds, frames * (1 if key[2] else settings(key, sums, setting)))
    told = {key[2] for key in sums} - {None}
    if told and len({key[1] for key in sums}) == 3:
        assert told == set(can), told ^ set(can)


main()
