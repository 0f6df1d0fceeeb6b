"""Measure the shape of Python code: `python -m tools.code_shape NAME=FOLDER[,FOLDER] ...` prints a Markdown table."""

from __future__ import annotations

import ast
import statistics
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

LONG_FUNCTION = 50
"""Lines, its docstring and decorators included."""
MANY_PARAMETERS = 6


def main(arguments: list[str]) -> None:
    """Print one row for each code base."""
    columns = [
        "code",
        "files",
        "median lines",
        "longest file",
        "functions over 50 lines",
        "over 6 parameters",
        "class names twice",
    ]
    print("| " + " | ".join(columns) + " |")
    print("|---" * len(columns) + "|")
    for argument in arguments:
        name, _, folders = argument.partition("=")
        print(_row(name, [Path(folder) for folder in folders.split(",")]))


def _row(name: str, folders: list[Path]) -> str:
    sources = [path.read_text(encoding="utf-8") for folder in folders for path in sorted(folder.rglob("*.py"))]
    sizes = [len(source.splitlines()) for source in sources if source.strip()]
    trees = [ast.parse(source) for source in sources]
    functions = [function for tree in trees for function in _functions(tree)]
    long = sum(1 for function in functions if (function.end_lineno or 0) - function.lineno + 1 > LONG_FUNCTION)
    wide = sum(1 for function in functions if _parameters(function) > MANY_PARAMETERS)
    classes = Counter(
        node.name
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    twice = sum(1 for count in classes.values() if count > 1)
    cells = [len(sizes), round(statistics.median(sizes)), max(sizes), long, wide, f"{twice} of {len(classes)}"]
    return f"| {name} | " + " | ".join(map(str, cells)) + " |"


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    named = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return sum(1 for argument in named if argument.arg not in {"self", "cls"})


if __name__ == "__main__":
    main(sys.argv[1:])
