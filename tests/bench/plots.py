"""Bar charts as SVG."""
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, TOP = 760, 190, 60, 64
BAR, GAP = 20, 14
COLOURS = ("#2f6f9f", "#e09f3e", "#7a9e7e")


def bars(title, series, entries, stacked):
    """A group of bars for each entry (a dict with `contender`); `series`: (label, member)."""
    group = (BAR if stacked else BAR * len(series)) + GAP
    totals = [[entry[member] for _, member in series] for entry in entries]
    longest = max(sum(values) if stacked else max(values) for values in totals)
    scale = (WIDTH - LEFT - RIGHT) / longest
    height = TOP + group * len(entries) + GAP
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
             f'font-family="sans-serif" font-size="13">',
             f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
             f'<text x="16" y="24" font-size="15" font-weight="bold">{escape(title)}</text>']
    for number, (label, _) in enumerate(series):
        x = LEFT + 150 * number
        parts.append(f'<rect x="{x}" y="38" width="12" height="12" fill="{COLOURS[number]}"/>'
                     f'<text x="{x + 18}" y="49">{escape(label)}</text>')
    for place, (entry, values) in enumerate(zip(entries, totals)):
        y, x = TOP + group * place, float(LEFT)
        parts.append(f'<text x="{LEFT - 8}" y="{y + (group - GAP) / 2 + 5:.0f}" text-anchor="end">'
                     f'{escape(entry["contender"])}</text>')
        for number, value in enumerate(values):
            parts.append(f'<rect x="{x:.1f}" y="{y}" width="{value * scale:.1f}" height="{BAR}" '
                         f'fill="{COLOURS[number]}"/>')
            if stacked:
                x += value * scale
                continue
            parts.append(f'<text x="{x + value * scale + 6:.1f}" y="{y + 15}">{value:.1f}</text>')
            y += BAR
        if stacked:
            parts.append(f'<text x="{x + 6:.1f}" y="{y + 15}">{sum(values):.1f}</text>')
    return "\n".join(parts + ["</svg>"]) + "\n"
