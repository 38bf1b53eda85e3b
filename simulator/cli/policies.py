"""`splitcast policies`: which there are, and whether one keeps to the rules."""

from __future__ import annotations

from simulator.cli.interface import Arguments, Commands, command

__all__ = ["add"]


def add(commands: Commands) -> None:
    """Describe the command."""
    about = "which policies there are; whether one keeps to the rules"
    parts = commands.add_parser("policies", help=about).add_subparsers(
        metavar="COMMAND", required=True
    )
    command(parts, "list", "list the policies and their parameters", _list)
    check = command(parts, "check", "check that a policy keeps to the rules", _check)
    check.add_argument("policy", metavar="NAME|FILE.py:CLASS")


def _list(_: Arguments) -> int:
    import inspect

    from policies.table import POLICIES
    from simulator.cli.text_table import text_table

    rows = [["policy", "parameters", "rule"]]
    for name, cls in POLICIES.items():
        known = inspect.signature(cls).parameters.values()
        params = ", ".join(
            p.name if p.default is p.empty else f"{p.name}={p.default}"
            for p in known
            if p.name != "rng"
        )
        rows.append([name, params, (inspect.getdoc(cls) or "").partition("\n")[0]])
    print(text_table(rows, left=3))
    print("Your own: path/to/file.py:Class, see CONTRIBUTING.md")
    return 0


def _check(arguments: Arguments) -> int:
    from policies.conformance import RULES, check
    from policies.table import resolve
    from simulator.foundation import keyed
    from simulator.foundation.errors import InputError
    from simulator.foundation.foreign import aside

    name = arguments.policy
    with aside():  # what the policy prints is not ours
        problems = check(
            lambda seed: resolve(name, {}, lambda: keyed.generator(seed, "policy"), where=name),
            where=name,
        )
    if problems:
        raise InputError(*problems)
    print(f"{name} keeps to the rules:")
    for rule in RULES:
        print(f"  {rule}")
    return 0
