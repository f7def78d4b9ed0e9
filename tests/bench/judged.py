"""Rows of figures, held against what they must be."""


def verdict(figure, must, goal, less):
    if must is None:
        return "-"
    if goal is not None and (figure <= goal if less else figure >= goal):
        return "goal"
    return "yes" if (figure <= must if less else figure >= must) else "NO"


def judge(rows):
    """Rows (what, figure, unit, must, goal, whether less is better) with their verdicts."""
    return [(*row, verdict(row[1], *row[3:])) for row in rows]


def table(lines):
    widths = [max(len(line[i]) for line in lines) for i in range(5)]
    for line in lines:
        print("  ".join([line[0].ljust(widths[0])] + [line[i].rjust(widths[i]) for i in range(1, 5)]))


def print_judged(judged):
    shown = lambda number: "" if number is None else f"{number:g}"
    table([("what", "figure", "must", "goal", "met")] +
          [(what, f"{figure:.2f} {unit}".rstrip(), shown(must), shown(goal), met)
           for what, figure, unit, must, goal, _, met in judged])


def count(judged):
    """The last line; true if nothing is missed."""
    missed = sum(row[-1] == "NO" for row in judged)
    print(f"{sum(row[-1] in ('yes', 'goal') for row in judged)} passed, {missed} failed")
    return missed == 0
