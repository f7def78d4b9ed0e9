#!/usr/bin/env python3
"""Prints which lines and branches of core/webauthn its tests take, and fails under 100 % and 95 %.

    tests/coverage/run.py

Source-based coverage of clang: a branch is a condition of the source, once true and once false, with every
operand of && and || counted by itself. Branches that a compiler adds for exceptions do not exist there, so
none has to be left out. Ends with `N passed, M failed`.
"""
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/coverage"
PROGRAM = BUILD / "tests/core/webauthn/webauthn_test"
FOLDER = "core/webauthn/"
GOALS = {"lines": 100.0, "branches": 95.0}


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, cwd=ROOT, text=True, **options)


def quiet(*command):
    done = subprocess.run([str(part) for part in command], cwd=ROOT, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        sys.exit(done.stdout[-6000:])


def measured():
    """What llvm-cov exports, of the files of the folder."""
    if not (BUILD / "build.ninja").exists():
        quiet("cmake", "--preset", "coverage")
    quiet("ninja", "-C", BUILD, "webauthn_test")
    raw, merged = BUILD / "webauthn.profraw", BUILD / "webauthn.profdata"
    run(PROGRAM, "--gtest_brief=1", env=dict(os.environ, LLVM_PROFILE_FILE=str(raw)), stdout=subprocess.DEVNULL)
    run("llvm-profdata", "merge", "-sparse", raw, "-o", merged)
    exported = run("llvm-cov", "export", PROGRAM, f"-instr-profile={merged}", stdout=subprocess.PIPE).stdout
    # The folder is reached through a link in the build folder.
    files = {}
    for file in json.loads(exported)["data"][0]["files"]:
        name = os.path.relpath(os.path.realpath(file["filename"]), ROOT)
        if name.startswith(FOLDER):
            files[name] = file
    return files


def missed_lines(file):
    """Lines where an executable region starts that never ran."""
    return sorted({line for line, _, count, has_count, is_entry, is_gap in file["segments"]
                   if has_count and is_entry and not is_gap and count == 0})


def missed_branches(file):
    """(line, column, side) of conditions that were never true, or never false."""
    sides = {}
    for line, column, _, _, true, false, *_ in file["branches"]:
        was = sides.get((line, column), (0, 0))
        sides[line, column] = (was[0] + true, was[1] + false)
    return [(line, column, side) for (line, column), counts in sorted(sides.items())
            for side, count in zip(("true", "false"), counts) if count == 0]


def main():
    totals = {kind: [0, 0] for kind in GOALS}
    print(f"{'file':50} {'lines':>12} {'branches':>12}")
    for name, file in sorted(measured().items()):
        for kind in GOALS:
            totals[kind][0] += file["summary"][kind]["covered"]
            totals[kind][1] += file["summary"][kind]["count"]
        shares = [f"{file['summary'][kind]['covered']}/{file['summary'][kind]['count']}" for kind in GOALS]
        print(f"{name.removeprefix(FOLDER):50} {shares[0]:>12} {shares[1]:>12}")
        for line in missed_lines(file):
            print(f"    line {line} never runs")
        for line, column, side in missed_branches(file):
            print(f"    line {line}, column {column}: never {side}")
    failed = 0
    for kind, goal in GOALS.items():
        covered, count = totals[kind]
        share = 100.0 * covered / count
        good = share >= goal
        failed += not good
        print(f"{kind}: {covered} of {count}, {share:.2f} %, at least {goal:.0f} % are wanted: {'yes' if good else 'NO'}")
    print(f"{len(GOALS) - failed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
