"""Finds the checks of a C++ source and weakens them, each under a number.

A check is an `if` whose body is one `return`, a choice (`a ? b : c`) between a value and a refusal, or a
boolean expression that is returned or named. Its mutants, chosen at run time by `mutation::on(number)`:

  never    an `if` or choice that refuses is not taken: the step is gone
  always   an `if` or choice that accepts is taken whatever its condition says: the step is gone
  without  one operand of && or || is neutral: a part of the step is gone
"""
import dataclasses
import re

# What is returned where something is refused.
REFUSES = re.compile(r"Finding\{|malformed\(|bad_attestation\(|at_step\(|nullopt|error|nullptr|false|Fault|Reason::")


@dataclasses.dataclass
class Mutant:
    number: int
    file: str
    line: int
    kind: str
    text: str  # the condition or operand, on one line


def blanked(source):
    """The source with comments, strings and preprocessor lines replaced by spaces, of the same length."""
    token = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'|^[ \t]*#[^\n]*', re.S | re.M)
    return token.sub(lambda m: re.sub(r"[^\n]", " ", m.group()) if m.group()[0] != '"' else '"' + "_" * (len(m.group()) - 2) + '"', source)


def closing(text, at):
    """The index of the bracket that closes the one at `at`."""
    depth = 0
    for i in range(at, len(text)):
        if text[i] in "([{":
            depth += 1
        elif text[i] in ")]}":
            depth -= 1
            if depth == 0:
                return i
    raise ValueError(f"an open bracket: {text[at:at + 60]!r}")


def top_level(text, start, end, wanted):
    """Where the operator `wanted` stands outside of all brackets."""
    depth, at, found = 0, start, []
    while at < end:
        if text[at] in "([{":
            depth += 1
        elif text[at] in ")]}":
            depth -= 1
        elif depth == 0 and text.startswith(wanted, at):
            found.append(at)
            at += len(wanted) - 1
        at += 1
    return found


class Mutator:
    def __init__(self):
        self.mutants = []

    def transformed(self, file, source):
        """The source with every mutant of it, none of them on."""
        self.file, self.source, self.text = file, source, blanked(source)
        self.edits = []  # (at, order, what)
        for statement in re.finditer(r"\bif\s*\(", self.text):
            self.condition(statement.end() - 1)
        for statement in re.finditer(r"\breturn\b|\b(?:bool|auto)\s*\*?\s*(?:const\s+)?\w+\s*=", self.text):
            end = self.text.index(";", statement.end())
            ends = top_level(self.text, statement.end(), len(self.text), ";")
            end = ends[0] if ends else end
            if not self.choice(statement.end(), end) and "auto" not in statement.group():
                self.operands(statement.end(), end)
        result = source
        for at, _, what in sorted(self.edits, key=lambda edit: (edit[0], edit[1]), reverse=True):
            result = result[:at] + what + result[at:]
        return result

    def condition(self, opening):
        end = closing(self.text, opening)
        semicolons = top_level(self.text, opening + 1, end, ";")
        start = semicolons[-1] + 1 if semicolons else opening + 1
        body = re.compile(r"\s*(\{\s*)?return\b").match(self.text, end + 1)
        if not body:
            return
        body_end = top_level(self.text, body.end(), len(self.text), ";")[0]
        if body.group(1) and not re.compile(r";\s*\}").match(self.text, body_end):
            return
        refuses = REFUSES.search(self.source[body.end():body_end])
        number = self.add("never" if refuses else "always", start, end, opening)
        self.wrap(start, end, f"!mutation::on({number}) && (" if refuses else f"mutation::on({number}) || (", ")")
        self.operands(start, end)

    def choice(self, start, end):
        """The condition of `a ? b : c`; whether it is one. In b and c nothing is changed."""
        marks = top_level(self.text, start, end, "?")
        if not marks:
            return False
        colons = [at for at in top_level(self.text, marks[0], end, ":")
                  if self.text[at + 1] != ":" and self.text[at - 1] != ":"]
        refusals = [REFUSES.search(self.source[marks[0]:colons[-1]]), REFUSES.search(self.source[colons[-1]:end])]
        if bool(refusals[0]) != bool(refusals[1]):
            number = self.add("never" if refusals[0] else "always", start, marks[0], start)
            self.wrap(start, marks[0], f"!mutation::on({number}) && (" if refusals[0] else f"mutation::on({number}) || (", ")")
        self.operands(start, marks[0])
        return True

    def operands(self, start, end):
        """Of && and || in an expression, also inside of brackets that are an operand."""
        for operator in ("||", "&&"):
            places = top_level(self.text, start, end, operator)
            if not places:
                continue
            bounds = list(zip([start] + [p + 2 for p in places], places + [end]))
            for first, last in bounds:
                number = self.add("without", first, last, first)
                neutral = f"(!mutation::on({number}) && (" if operator == "||" else f"(mutation::on({number}) || ("
                self.wrap(first, last, neutral, "))")
                self.operands(first, last)
            return
        inner = re.compile(r"[\s!]*\(").match(self.text, start, end)
        if inner and closing(self.text, inner.end() - 1) == len(self.text[:end].rstrip()) - 1:
            self.operands(inner.end(), closing(self.text, inner.end() - 1))

    def add(self, kind, start, end, at):
        number = len(self.mutants) + 1
        line = self.source.count("\n", 0, start + len(self.source[start:end]) - len(self.source[start:end].lstrip())) + 1
        text = " ".join(self.source[start:end].split())
        self.mutants.append(Mutant(number, self.file, line, kind, text))
        return number

    def wrap(self, start, end, before, after):
        while self.source[start].isspace():
            start += 1
        while self.source[end - 1].isspace():
            end -= 1
        order = len(self.edits)
        self.edits.append((start, order, before))
        self.edits.append((end, -order, after))
