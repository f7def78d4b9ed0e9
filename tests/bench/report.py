#!/usr/bin/env python3
"""Makes ratios of what masterkey2-bench has measured.

    report.py RESULT.json FOLDER           table to stdout; report.json, cpu.svg, latency.svg into FOLDER
    report.py --scale RESULT.json          the same for masterkey2-scale, table alone
    report.py --overload [--quick] RESULT.json    for masterkey2-overload; --quick: counts alone
    report.py --soak RESULT.json           for masterkey2-soak
    report.py --quick [--set] RESULT.json REFERENCE.json

Unit of CPU is V, one bare P-256 verification, of many beside the load of the same round. Of all rounds the
quieter half counts: those in which others took least of the machine. --quick compares the best round with the reference, and
fails if it is worse by half; --set writes the reference anew.
"""
import json
import pathlib
import sys

import overload
import plots
import soak
from judged import count, judge, print_judged

SIGN_IN, VERIFIED = "sign-in", "sign-in and verify-auth"
WORSE = 1.5


class Figures:
    """Of one contender and one kind of work: sums over the quieter half of the rounds."""

    def __init__(self, rounds):
        rounds = sorted(rounds, key=lambda r: r["foreign_cores"])
        self.rounds = rounds[: (len(rounds) + 1) // 2]
        self.calls = self.sum("calls")
        self.bare = self.mean("bare_verification_s")

    def sum(self, name):
        return sum(r[name] for r in self.rounds)

    def mean(self, name):
        return self.sum(name) / len(self.rounds)

    def cpu(self, *parts):
        """In V for each call."""
        return sum(self.sum(part + "_cpu_s") for part in parts) / self.calls / self.bare

    def speed(self):
        """Calls in the time of a million bare verifications, in millions."""
        return self.calls / self.sum("wall_s") * self.bare


def collect(result):
    figures = {}
    for name, rounds in result["rounds"].items():
        for work in {r["work"] for r in rounds}:
            figures[name, work] = Figures([r for r in rounds if r["work"] == work])
    return figures


def rows(result, figures):
    """(what, figure, unit, must, goal, whether less is better)"""
    flat, shipped, mysql = "flat file", "flat file, shipped snippet", "MySQL"
    resident = result["resident_mb"]
    for name, note in ((flat, ""), (shipped, ", shipped snippet")):
        sign_in, verified = figures[name, SIGN_IN], figures[name, VERIFIED]
        yield f"server CPU, begin + finish{note}", sign_in.cpu("server"), "V", 5.0, 3.2, True
        yield f"… + verify-auth{note}", verified.cpu("server"), "V", 6.5, 4.5, True
        yield f"server + nginx CPU, begin + finish{note}", sign_in.cpu("server", "web"), "V", 7.0, 4.8, True
        yield f"transactions a sync{note}", verified.sum("transactions") / verified.sum("syncs"), "", None, None, False
    sign_in = figures[flat, SIGN_IN]
    in_mysql = figures[mysql, SIGN_IN]
    yield "MySQL instead of flat file, server CPU", in_mysql.cpu("server") - sign_in.cpu("server"), "V", 1.5, 0.8, True
    verified = figures[mysql, VERIFIED]
    yield "MySQL: statements a login with verify-auth", verified.sum("statements") / verified.calls, "", 8.0, None, True
    yield "MySQL: CPU of MariaDB, begin + finish", in_mysql.cpu("database"), "V", None, None, True
    for peer, must, goal in (("fastify", 0.38, 0.24), ("express", 0.25, 0.15)):
        if (peer, SIGN_IN) not in figures:
            continue
        other = figures[peer, SIGN_IN].cpu("server")
        title = peer.capitalize() + " + @simplewebauthn/server"
        yield f"{title}, server CPU, begin + finish", other, "V", None, None, True
        yield f"ours against {title}, server CPU", sign_in.cpu("server") / other, "", must, goal, True
    if ("go", SIGN_IN) in figures:
        other = figures["go", SIGN_IN].cpu("server", "web")
        yield "Go + duo-labs/webauthn, server + nginx CPU, begin + finish", other, "V", None, None, True
        yield "ours against Go, server + nginx CPU", sign_in.cpu("server", "web") / other, "", 1.35, 0.95, True
    yield "sign-ins/s × V in s", sign_in.speed(), "", 0.22, 0.32, False
    yield "p99 of a sign-in, 16 at a time", sign_in.mean("p99_s") * 1e3, "ms", 20, 12, True
    yield f"resident after start, {result['members']} passkeys", resident[flat]["after start"], "MB", 16, 12, True
    yield "resident after start, MySQL", resident[mysql]["after start"], "MB", 24, 16, True
    yield "start to first answer", middle(result["start_s"]) * 1e3, "ms", 60, 25, True
    for refusal in ("unknown token", "bad JSON", "wrong origin"):
        yield f"refusal, server CPU: {refusal}", figures[flat, refusal].cpu("server"), "V", 2.0, 1.0, True


def report(result, folder):
    figures = collect(result)
    judged = judge(rows(result, figures))
    print_judged(judged)
    quiet = figures["flat file", SIGN_IN]
    alone = quiet.mean("bare_alone_s")
    print(f"V = {quiet.bare * 1e6:.0f} µs of CPU beside the load. By {alone * 1e6:.0f} µs, with nothing else at work before and "
          f"after, all figures in V were {(quiet.bare / alone - 1) * 100:+.0f} %")
    print(f"others kept {quiet.mean('foreign_cores'):.1f} of {result['cores']} cores busy in the rounds that count")
    for failed in result["failed_rounds"]:
        print(f"a round did not count: {failed}")
    folder.mkdir(parents=True, exist_ok=True)
    names = ("what", "figure", "unit", "must", "goal", "less_is_better", "met")
    details = [{"contender": name, "work": work, "server_v": f.cpu("server"), "web_v": f.cpu("web"),
                "database_v": f.cpu("database"), "calls_per_s": f.calls / f.sum("wall_s"),
                "p50_ms": f.mean("p50_s") * 1e3, "p90_ms": f.mean("p90_s") * 1e3,
                "p99_ms": f.mean("p99_s") * 1e3, "bare_verification_us": f.bare * 1e6,
                "bare_alone_us": f.mean("bare_alone_s") * 1e6,
                "foreign_cores": f.mean("foreign_cores")}
               for (name, work), f in sorted(figures.items())]
    (folder / "report.json").write_text(json.dumps(
        {"figures": [dict(zip(names, row)) for row in judged], "contenders": details,
         "resident_mb": result["resident_mb"], "start_s": result["start_s"],
         "failed_rounds": result["failed_rounds"]}, indent=1, ensure_ascii=False) + "\n")
    sign_ins = [d for d in details if d["work"] == SIGN_IN]
    (folder / "cpu.svg").write_text(plots.bars(
        "CPU of one sign-in (begin + finish), in bare P-256 verifications",
        [("server", "server_v"), ("web server", "web_v"), ("database", "database_v")], sign_ins, stacked=True))
    (folder / "latency.svg").write_text(plots.bars(
        "Time of one sign-in with 16 at a time, in ms",
        [("half are below", "p50_ms"), ("90 % are below", "p90_ms"), ("99 % are below", "p99_ms")], sign_ins,
        stacked=False))
    return count(judged)


def middle(numbers):
    return sorted(numbers)[len(numbers) // 2]


def scale_rows(result, figures):
    """As rows()."""
    added = result["passkeys"] - result["members"]
    size = f"{result['passkeys']:,} passkeys, {result['tenants']:,} tenants"
    for storage in ("flat file", "MySQL"):
        small, large = (figures[f"{storage}, {which}", VERIFIED].cpu("server") for which in ("small", "large"))
        yield f"{storage}: server CPU of a sign-in with {result['members']:,} passkeys", small, "V", None, None, True
        yield f"… with {size}", large, "V", None, None, True
        yield "… as a ratio", large / small, "", 1.15, 1.03, True
    database = [figures[f"MySQL, {which}", VERIFIED].cpu("database") for which in ("small", "large")]
    yield "MySQL: MariaDB's CPU, as a ratio", database[1] / database[0], "", None, None, True
    resident = result["resident_mb"]
    yield ("flat file: memory of each further passkey",
           (resident["flat file, large"] - resident["flat file, small"]) * 1e6 / added, "B", 300, 150, True)
    yield "MySQL: memory of the server", resident["MySQL, large"], "MB", 24, 16, True
    yield "flat file: start to first answer", middle(result["start_s"]["flat file, large"]), "s", 3, 1.5, True
    yield "MySQL: start to first answer", middle(result["start_s"]["MySQL, large"]) * 1e3, "ms", 60, 25, True
    for name, seconds in result["import_s"].items():
        yield f"import, {name}", seconds, "s", None, None, True


def scale(result):
    judged = judge(scale_rows(result, collect(result)))
    print_judged(judged)
    return count(judged)


def quick(result, path, write):
    best = min(r["server_cpu_s"] / r["calls"] / r["bare_verification_s"] for r in result["rounds"]["flat file"])
    if write:
        path.write_text(json.dumps({"server CPU of a sign-in with verify-auth, in V": round(best, 2)}) + "\n")
    reference, = json.loads(path.read_text()).values()
    good = best <= reference * WORSE
    print(f"server CPU of a sign-in with verify-auth: {best:.2f} V, at most {reference * WORSE:.2f} "
          f"(reference {reference:.2f}): {'yes' if good else 'NO'}")
    return good


def main(words):
    files = [pathlib.Path(word) for word in words if not word.startswith("--")]
    alone = {"--scale", "--overload", "--soak"} & set(words)
    if len(files) != (1 if alone else 2):
        sys.exit(__doc__)
    result = json.loads(files[0].read_text())
    if "--scale" in words:
        return 0 if scale(result) else 1
    if "--overload" in words:
        return 0 if overload.report(result, "--quick" in words) else 1
    if "--soak" in words:
        return 0 if soak.report(result) else 1
    good = quick(result, files[1], "--set" in words) if "--quick" in words else report(result, files[1])
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
