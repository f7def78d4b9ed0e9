#!/usr/bin/env python3
"""Removes every check of core/webauthn and of the files of attestation that the service reads, one at a time,
and demands that a test fails.

    tests/mutation/run.py [--sample N] [--file TEXT…] [--verbose]

Builds the sources once with every mutant in them (mutants.py), then runs the tests once for each. A mutant
that no test notices is a failure, unless equivalent.txt says why it changes nothing. --sample: only N of
them, spread evenly. --file: only those of files whose path has a TEXT. Prints `N passed, M failed`; ends with
0 only if none failed.
"""
import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import subprocess
import sys

from mutants import Mutator

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "build/mutation"
TREE = WORK / "source"
SECONDS = 240


@dataclasses.dataclass
class Area:
    """Sources, and the tests that have to notice."""
    sources: tuple  # beginnings of paths
    program: str  # in the build folder
    stages: tuple  # filters of tests: those that try very many inputs come last, as most mutants fall before them


SLOW = "*BitFlip*:Mutation*:SpecificationVectors*:Algorithm*"
AREAS = (
    Area(("core/webauthn/",), "tests/core/webauthn/webauthn_test", (f"-{SLOW}", SLOW)),
    Area(("core/service/attestation_files.", "core/service/bounded_file.", "core/service/provider_names."),
         "tests/core/service/service_test", ("AttestationFilesTest*:ProviderNames*",)),
)


def area_of(name):
    return next((area for area in AREAS if name.startswith(area.sources)), None)


def copied_tree():
    """A copy of the project, with mutants; files that did not change keep their time. Returns the mutants."""
    listing = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True,
                             stdout=subprocess.PIPE, text=True).stdout
    mutator = Mutator()
    for name in sorted(listing.splitlines()):
        source = ROOT / name
        if name.startswith(("sdk/", ".")) or not source.is_file():
            continue
        content = source.read_bytes()
        if area_of(name) and name.endswith(".cpp"):
            content = mutator.transformed(name, content.decode()).encode()
        target = TREE / name
        if target.exists() and target.read_bytes() == content:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return mutator.mutants


def built(areas):
    # A null pointer that is used after its check has gone has to be noticed, too.
    flags = f"-O0 -g1 -D_GLIBCXX_ASSERTIONS -fsanitize=null -fno-sanitize-recover=null -include {TREE}/tests/mutation/mutation.hpp"
    # The SDK is installed by the build description, and is not needed here.
    (TREE / "sdk/dist").mkdir(parents=True, exist_ok=True)
    for command in (["cmake", "-S", TREE, "-B", WORK / "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=None",
                     f"-DCMAKE_CXX_FLAGS={flags}", "-DMASTERKEY2_TESTS=ON"],
                    ["ninja", "-C", WORK / "build", *(pathlib.Path(area.program).name for area in areas)]):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0:
            sys.exit(done.stdout[-6000:])


def passes(number, program, tests):
    """Whether the tests pass with this mutant on (0: none). A crash and a hang are failures."""
    environment = dict(os.environ, MK2_MUTANT=str(number))
    try:
        return subprocess.run([WORK / "build" / program, "--gtest_fail_fast", "--gtest_brief=1", f"--gtest_filter={tests}"],
                              env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              timeout=SECONDS, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def survives(mutant):
    area = area_of(mutant.file)
    # The tests that are named after the file are the likeliest to notice.
    own = "".join(word.capitalize() for word in pathlib.Path(mutant.file).stem.split("_"))
    return all(passes(mutant.number, area.program, tests) for tests in (f"*{own}*", *area.stages))


def equivalents():
    """(file, kind, text) → reason."""
    rows = {}
    for line in (ROOT / "tests/mutation/equivalent.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            file, kind, text, reason = (part.strip() for part in line.split(" | "))
            rows[file, kind, text] = reason
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--file", nargs="+", default=[""])
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()

    mutants = copied_tree()
    chosen = [mutant for mutant in mutants if any(text in mutant.file for text in arguments.file)]
    areas = [area for area in AREAS if any(area_of(mutant.file) is area for mutant in chosen)]
    built(areas)
    if not all(passes(0, area.program, tests) for area in areas for tests in area.stages):
        sys.exit("the tests fail without any mutant")
    if arguments.sample:
        chosen = chosen[:: max(1, len(chosen) // arguments.sample)][: arguments.sample]

    known, used, passed, failed = equivalents(), set(), 0, 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for mutant, alive in zip(chosen, pool.map(survives, chosen)):
            row = (mutant.file, mutant.kind, mutant.text)
            used.add(row)
            ok = alive == (row in known)
            passed, failed = passed + ok, failed + (not ok)
            verdict = "equivalent" if alive and ok else "noticed" if ok else "SURVIVES" if alive else "NOT EQUIVALENT"
            if arguments.verbose or not ok:
                print(f"{verdict:14} {mutant.number:4} {mutant.file}:{mutant.line} {mutant.kind}: {mutant.text}", flush=True)
    if not arguments.sample and arguments.file == [""]:
        for row in sorted(set(known) - used):
            print("NO SUCH MUTANT", " | ".join(row))
            failed += 1
    print(f"{len(chosen)} of {len(mutants)} checks and parts of checks removed, one at a time")
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
