"""Compares what commands print with what a document shows.

Lines that begin with a time in brackets are of the log, so of standard error, and their times are
not compared, nor is what progress lines say after "ETA" and the closing line after its number of
tasks; a document that shows none does not care for it. All others are of standard output. A
line `...` stands for any number of lines. With numbers_vary all numbers count as equal, and so do
the blanks around them."""

import re

LOG_LINE = re.compile(r"^\[\d\d:\d\d:\d\d ")
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[-+]?\d+)?")


def commands(text):
    """Pairs of a command, which may go over several lines, and the lines shown below it."""
    found = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and found[-1][0].endswith("\\"):
            found[-1] = (found[-1][0] + "\n" + line, [])
        elif found:
            found[-1][1].append(line)
        else:
            raise ValueError(f"output without a command: {line}")
    return found


def plain(line, numbers_vary):
    line = LOG_LINE.sub("[", line.rstrip())
    line = re.sub(r"(%, ETA) \d.*", r"\1", line)
    line = re.sub(r"(INFO\] Starmap: [\d,]+ tasks?) in .*", r"\1", line)
    return " ".join(NUMBER.sub("#", line).split()) if numbers_vary else line


def matches(shown, printed):
    """Lines against lines, where a shown `...` stands for any number."""
    if not shown:
        return not printed
    if shown[0] == "...":
        return any(matches(shown[1:], printed[skip:]) for skip in range(len(printed) + 1))
    return bool(printed) and shown[0] == printed[0] and matches(shown[1:], printed[1:])


def agrees(shown, output, log, numbers_vary):
    def lines(text_lines):
        return [plain(line, numbers_vary) for line in text_lines]

    shown_log = [line for line in shown if LOG_LINE.match(line)]
    shown_output = [line for line in shown if not LOG_LINE.match(line)]
    return matches(lines(shown_output), lines(output.splitlines())) and (
        not shown_log or matches(lines(shown_log), lines(log.splitlines())))
