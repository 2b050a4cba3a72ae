#!/usr/bin/env python3
"""Writes the manual pages, as man(7).

  manual.py commands DIRECTORY <JSON             watcher(1) and a page per subcommand, from --experimental-dump-help
  manual.py document NAME SECTION WORDS <TEXT    a page from a document; WORDS say what it is about

Of Markdown it knows what docs/configuration.md and docs/service.md use. VERSION is the program's, SOURCE_DATE_EPOCH
the time of its source.
"""

import json
import os
import pathlib
import re
import sys
import textwrap
import time

# Sections of their own in a page; other headings are parts of its description.
SECTIONS = ["Environment", "Files", "Exit status"]
PAGES = ["watcher(1)", "watcher.json(5)", "watcher(8)"]


def escape(text):
    return text.replace("\\", r"\e").replace("…", "...")


def literal(text):
    """What may be copied from the page: its quotes, hyphens and tildes stay those of ASCII."""
    text = escape(text)
    for character, name in [("-", r"\-"), ("'", r"\(aq"), ("`", r"\(ga"), ("^", r"\(ha"), ("~", r"\(ti")]:
        text = text.replace(character, name)
    return text


def inline(text):
    """Text with `code`, *emphasis*, [links](…) and references to pages(1)."""
    text = re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", text)
    parts = re.split(r"(`[^`]+`|\*[^*`]+\*)", text)
    for index, part in enumerate(parts):
        if index % 2 == 0:
            parts[index] = escape(part)
        elif page := re.fullmatch(r"`([a-z.-]+)(\(\d\))`", part):
            parts[index] = rf"\fB{literal(page[1])}\fR{page[2]}"
        else:
            parts[index] = (r"\fB" if part[0] == "`" else r"\fI") + literal(part[1:-1]) + r"\fR"
    return "".join(parts)


def filled(roff):
    """Lines short enough for every reader, none of which looks like a request."""
    lines = textwrap.wrap(roff, 78, break_long_words=False, break_on_hyphens=False)
    return [rf"\&{line}" if line[0] in ".'" else line for line in lines]


def entry(term, text):
    return [".TP", term, *filled(text)]


def table(lines):
    """A list: the first cell of a row is the term. What is titled Default continues what stands before it."""
    titles, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    out = []
    for term, *cells in rows:
        text = ""
        for title, cell in zip(titles[1:], cells):
            if cell and title == "Default":
                text += f"; default: {cell}"
            elif cell:
                text += f". {cell}" if text else cell[0].upper() + cell[1:]
        out += entry(inline(term) if "`" in term else rf"\fB{inline(term)}\fR", inline(text.removeprefix("; ")) + ".")
    return out


def document(text):
    """The lines of a page from DESCRIPTION on. The title is not repeated."""
    out = [".SH DESCRIPTION"]
    for block in re.findall(r"^```.*?^```$|^#+ [^\n]*|(?:^[^\n`#][^\n]*\n?|^`[^`\n][^\n]*\n?)+", text, re.M | re.S):
        lines = block.strip().split("\n")
        if block.startswith("## "):
            heading = block[3:]
            out.append(f".SH {heading.upper()}" if heading in SECTIONS else f".SS {literal(heading)}")
        elif block.startswith("|"):
            out += table(lines)
        elif block.startswith("```"):
            # The example stands in the text, not below the last term of a list.
            out += [] if out[-1].startswith(".S") else [".PP"]
            out += [".RS 4", ".EX"] + [rf"\&{literal(line)}" for line in lines[1:-1]] + [".EE", ".RE", ".nh"]
        elif not block.startswith("# "):
            out += ([] if out[-1].startswith(".S") else [".PP"]) + filled(inline(" ".join(lines)))
    return out


def page(name, section, about, lines, also):
    """A whole page; `also` are those it refers to at its end."""
    date = time.strftime("%Y-%m-%d", time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"])))
    references = [inline(f"`{other}`") for other in also if other != f"{name}({section})"]
    head = f'.TH {literal(name.upper())} {section} {date} "watcher {os.environ["VERSION"]}"'
    title = filled(rf"{literal(name)} \- {escape(about)}")
    # Neither hyphens nor spaces are put into what may be copied.
    lines = [head, ".nh", ".ad l", ".SH NAME", *title, *lines, ".SH SEE ALSO"]
    return "\n".join(lines + filled(", ".join(references))) + "\n"


def synopsis(command, words):
    parts = [rf"\fB{literal(' '.join(words))}\fR", r"[\fIoptions\fR]"]
    if command.get("subcommands"):
        parts[1:] = [r"\fIcommand\fR ..."]
    for argument in command["arguments"]:
        if argument["kind"] == "positional":
            name = rf"\fI{literal(argument['valueName'])}\fR" + (" ..." if argument["isRepeating"] else "")
            parts.append(f"[{name}]" if argument["isOptional"] else name)
    return " ".join(parts)


def option(argument):
    """The term and the text of an argument or option."""
    value = rf"\fI{literal(argument['valueName'])}\fR"
    names = [("-" if name["kind"] == "short" else "--") + name["name"] for name in argument.get("names", [])]
    term = ", ".join(rf"\fB{literal(name)}\fR" for name in names)
    if argument["kind"] != "flag":
        term = f"{term} {value}".strip()
    notes = [f"values: {', '.join(argument['allValues'])}"] if "allValues" in argument else []
    notes += [f"default: {argument['defaultValue']}"] if "defaultValue" in argument else []
    text = argument["abstract"] + (f" ({'; '.join(notes)})" if notes else "")
    return term, escape(text)


def subcommands(command):
    """A generated `help` is no page."""
    return [one for one in command.get("subcommands", []) if one["commandName"] != "help"]


def write_commands(command, words, parent, directory):
    name = "-".join(words)
    discussion = command.get("discussion", "").split("\n")
    examples = [line.removeprefix("Example: ") for line in discussion if line.startswith("Example: ")]
    status = [line.removeprefix("Exit status: ") for line in discussion if line.startswith("Exit status: ")]
    rest = [line for line in discussion if line and not line.startswith(("Example: ", "Exit status: "))]
    lines = [".SH SYNOPSIS", *filled(synopsis(command, words))]
    lines += [".SH DESCRIPTION", *filled(escape(" ".join([command["abstract"], *rest])))]
    shown = [argument for argument in command["arguments"] if argument["shouldDisplay"]]
    for title, kinds in [("ARGUMENTS", ["positional"]), ("OPTIONS", ["option", "flag"])]:
        entries = [entry(*option(argument)) for argument in shown if argument["kind"] in kinds]
        lines += [f".SH {title}"] * bool(entries) + sum(entries, [])
    below = subcommands(command)
    if below:
        lines.append(".SH COMMANDS")
        for one in below:
            term = inline(f"`{name}-{one['commandName']}(1)`")
            lines += entry(term, escape(one["abstract"]))
    lines += [".SH EXIT STATUS", *filled(escape(" ".join(status)))]
    lines += filled(("All" if status else r"0 on success; all") + r" are listed in \fBwatcher\fR(8).")
    lines += [".SH EXAMPLES", ".EX", *map(literal, examples), ".EE"]
    also = [f"{parent}(1)"] * bool(parent) + [other for other in PAGES if other != f"{parent}(1)"]
    about = command["abstract"].rstrip(".")
    (directory / f"{name}.1").write_text(page(name, 1, about[0].lower() + about[1:], lines, also))
    for one in below:
        write_commands(one, [*words, one["commandName"]], name, directory)


def main(kind, *arguments):
    if kind == "commands":
        write_commands(json.load(sys.stdin)["command"], ["watcher"], None, pathlib.Path(arguments[0]))
    elif kind == "document":
        name, section, about = arguments
        sys.stdout.write(page(name, section, about, document(sys.stdin.read()), PAGES))
    else:
        sys.exit(f"unknown kind of page: {kind}")


if __name__ == "__main__":
    main(*sys.argv[1:])
