"""One meaning for each word: no public class name exists twice in the tree."""

import ast
from collections import defaultdict
from pathlib import Path

TOP = Path(__file__).parents[1]
ALLOWED: dict[str, str] = {"Meta": "peewee reads a model's options from a class of this name"}
"""Names that may exist more than once, each with its reason."""


def class_names():
    found = defaultdict(list)
    for folder in ("sproutcast_pi", "ui"):
        for path in sorted((TOP / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    found[node.name].append(str(path.relative_to(TOP)))
    return found


def test_no_public_class_name_exists_twice():
    names = class_names()
    assert len(names) > 300
    assert {name: paths for name, paths in names.items() if len(paths) > 1 and name not in ALLOWED} == {}


def test_no_exception_is_out_of_date():
    assert [name for name in ALLOWED if len(class_names()[name]) < 2] == []
