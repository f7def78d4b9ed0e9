"""What masterkey2-overload has measured."""
from judged import count, judge, print_judged


def refused(load):
    return load["begin_refused"] + load["finish_refused"] + load["limited"]


def improper(load):
    """Answers that nobody should get."""
    return load["without_retry_after"] + sum(load["others"].values())


def in_cpu(part, sign_ins):
    """Sign-ins for each second of CPU that the server got."""
    return sign_ins / part["usage"]["server_cpu_s"]


def middle_p99(spells):
    return sorted(spell["visit_p99_s"] for spell in spells)[len(spells) // 2]


def rows(name, parts):
    """As judge() wants them."""
    before, after, load = parts["capacity"], parts["capacity_after"], parts["overload"]
    capacity = (before["per_second"] + after["per_second"]) / 2
    offered = (load["due"] - load["not_offered"]) / load["seconds"]
    yield f"{name}: capacity", capacity, "/s", None, None, False
    yield "… visitors who came, as a multiple of that", offered / capacity, "", None, None, False
    yield "… sign-ins meanwhile, as a part of capacity", load["signed_in"] / load["seconds"] / capacity, "", 0.8, 0.9, False
    at_capacity = sum(in_cpu(part, part["per_second"] * part["usage"]["wall_s"]) for part in (before, after)) / 2
    yield ("… sign-ins for the server's CPU, as a part of that at capacity",
           in_cpu(load, load["signed_in"]) / at_capacity, "", None, None, False)
    yield "… begun sign-ins that were not finished", load["finish_refused"] / max(
        1, load["finish_refused"] + load["signed_in"]) * 100, "%", None, None, True
    yield "… p99 of a refusal", load["beside"]["refusal_p99_s"] * 1e3, "ms", 50, 10, True
    yield "… in the flood's own web server", load["refusal_p99_s"] * 1e3, "ms", None, None, True
    yield "… answers other than these", improper(load) + improper(load["beside"]), "", 0, 0, True
    yield "… threads lost", parts["lost_threads"], "", 0, 0, True
    yield "… until four fifths of capacity again", parts["recovery"]["full_rate_s"], "s", 2, 0.5, True
    for note, suffix in (("", ""), (", limits as shipped", "_limited")):
        alone, floods = (parts["fairness" + suffix][how] for how in ("alone", "flooded"))
        flooded = [flood["beside"] for flood in floods]
        yield f"{name}: a quiet tenant's p99{note}", middle_p99(alone) * 1e3, "ms", None, None, True
        yield "… while another one floods", middle_p99(flooded) * 1e3, "ms", None, None, True
        # 0: nobody has signed in.
        ratio = middle_p99(flooded) / middle_p99(alone) if middle_p99(alone) and middle_p99(flooded) else float("inf")
        yield "… as a ratio", ratio, "", 3, 2, True
        yield ("… of its sign-ins refused", sum(map(refused, flooded)) / sum(spell["due"] for spell in flooded) * 100,
               "%", 1, 0, True)
        yield ("… improper answers", sum(map(improper, flooded + floods)),
               "", 0, 0, True)


def measured(parts):
    """(what, part) of all that took its time."""
    for what, part in parts.items():
        if isinstance(part, dict) and "usage" in part:
            yield what, part
        elif what.startswith("fairness"):
            for how, spells in part.items():
                yield from ((f"{what}, {how}", spell) for spell in spells)


def print_detail(result):
    for name, parts in result["storages"].items():
        load = parts["overload"]
        print(f"{name}: {load['due']} visitors were due in {load['seconds']:g} s, {load['not_offered']} of them found all "
              f"sockets in use; {load['signed_in']} signed in, {load['begin_refused']} were refused at once, "
              f"{load['finish_refused']} at the end, {load['limited']} by limits")
        for what, part in measured(parts):
            for whose, load in (("", part), (", beside it", part.get("beside", {}))):
                for answer, times in load.get("others", {}).items():
                    print(f"{name}, {what}{whose}: {times} × {answer}")


def report(result, quick):
    judged = []
    for name, parts in result["storages"].items():
        if not quick:
            judged += judge(rows(name, parts))
            continue
        load = parts["overload"]
        judged += judge([
            (f"{name}: visitors refused", refused(load), "", 1, None, False),
            ("… signed in", load["signed_in"], "", 1, None, False),
            ("… answers other than these", improper(load), "", 0, None, True),
            ("… threads lost", parts["lost_threads"], "", 0, None, True),
            ("… signed in afterwards", sum(parts["recovery"]["slices"]), "", 1, None, False)])
    print_judged(judged)
    print_detail(result)
    if not quick:
        own = "a core of its own" if result["apart"] else "no core of its own"
        usage = [part["usage"] for parts in result["storages"].values() for _, part in measured(parts)]
        foreign = sum(u["foreign_cores"] for u in usage) / len(usage)
        print(f"the server had {own}; others kept {foreign:.1f} of {result['cores']} cores busy")
    return count(judged)
