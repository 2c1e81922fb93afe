"""What a piece of code defines, told so that a chapter and a module can be compared."""

import ast
from typing import Any


def plain_functions(source: str) -> dict[str, Any]:
    """Return each function's last definition, without docstring and annotations.

    Those of a class have its name in front. Properties have two: with ``.setter``.
    """
    found = {}
    for node in ast.parse(source).body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        for part in inside:
            if isinstance(part, ast.FunctionDef):
                name = f"{node.name}.{part.name}" if part is not node else part.name
                setter = any(isinstance(d, ast.Attribute) for d in part.decorator_list)
                found[name + ".setter" * setter] = plain(part)
            elif isinstance(part, ast.Assign | ast.AnnAssign) and part.value:
                target = part.target if isinstance(part, ast.AnnAssign) else part.targets[0]
                prefix = f"{node.name}." if part is not node else ""
                found[prefix + ast.unparse(target)] = ast.unparse(part.value)
    return found


def plain(function: ast.FunctionDef) -> tuple[str, ...]:
    """Return decorators, arguments and statements, without docstring and annotations."""
    if ast.get_docstring(function):
        function.body = function.body[1:]
    arguments = function.args
    for argument in [*arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]:
        if argument is not None:
            argument.annotation = None
    for node in ast.walk(function):
        if isinstance(node, ast.AnnAssign) and node.value:
            node.__class__, node.targets, node.type_comment = ast.Assign, [node.target], None
    decorators = [ast.unparse(decorator) for decorator in function.decorator_list]
    body = [line for statement in function.body for line in ast.unparse(statement).splitlines()]
    return (*decorators, ast.unparse(arguments), *body)
