"""What masterkey2-soak has measured."""
from judged import count, judge, print_judged


def slope(points):
    """Of (x, y) by least squares."""
    n = len(points)
    mean_x, mean_y = (sum(point[i] for point in points) / n for i in (0, 1))
    square = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / square if square else 0


def lows(samples):
    """The sample with the least memory of each tenth. The flat file's memory is a saw, whose teeth are as long as a
    segment of its log takes: where a tenth is longer, what is left behind raises the lows."""
    tenth = max(1, len(samples) // 10)
    return [min(samples[i : i + tenth], key=lambda s: s[1]) for i in range(0, len(samples) - tenth + 1, tenth)]


def rows(name, soak):
    """As judge() wants them. A sample: s, MB, descriptors, threads, sign-ins."""
    samples = soak["samples"]
    half = len(samples) // 2
    first, second = samples[:half], samples[half:]
    rest = lows(samples)[5:]
    yield f"{name}: rounds", soak["rounds"], "", None, None, False
    yield "… sign-ins", soak["sign_ins"], "", None, None, False
    yield "… wrong answers", sum(soak["wrong"].values()), "", 0, 0, True
    yield "… unavailable while the database restarted", soak["unavailable"], "", None, None, True
    yield "… unavailable at other times", soak["unexplained"], "", None, None, True
    yield "… resident memory, first half at most", max(s[1] for s in first), "MB", None, None, True
    yield "… second half at most", max(s[1] for s in second), "MB", None, None, True
    yield "… slope of its lows in the second half", slope([(s[0] / 3600, s[1]) for s in rest]), "MB/h", 1, 0.1, True
    yield "… by sign-ins instead of hours", slope([(s[4] / 1e6, s[1]) for s in rest]), "MB/10⁶", 2, 0, True
    yield "… descriptors, more than in the first half", max(s[2] for s in second) - max(s[2] for s in first), "", 0, 0, True
    yield "… threads, more than in the first half", max(s[3] for s in second) - max(s[3] for s in first), "", 0, 0, True


def report(result):
    judged = [row for name, soak in result["storages"].items() for row in judge(rows(name, soak))]
    print_judged(judged)
    for name, soak in result["storages"].items():
        print(f"{name}: {soak['samples'][-1][0] / 60:.0f} minutes, {soak['reloads']} reloads, {soak['restarts']} restarts "
              f"of the database")
        for answer, times in [*soak["wrong"].items(), *soak["failures"].items()]:
            print(f"{name}: {times} × {answer}")
    return count(judged)
