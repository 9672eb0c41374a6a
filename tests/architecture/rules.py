"""The rules of the house, each a function from files to findings (`path:line what is wrong`)."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatch

from tests.architecture.sources import LAYERS, Source

LONGEST_PYTHON = 400
LONGEST_WEB = 250
_VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "base", "misc"}
_SQL_PLACES = (
    "*/store.py", "*/store_*.py", "*/tables.py", "*/tables_*.py", "core/db.py", "core/jobs.py",
    "api/migrations/*", "api/migrate.py", "api/embedded.py",
)  # fmt: skip
_SQL_NAMES = {"text", "select", "insert", "update", "delete", "func", "literal_column", "union_all"}
_SQL_TEXT = re.compile(
    r"^\s*(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|(CREATE|DROP|ALTER|TRUNCATE) (?!DATABASE)[A-Z]+) ?"
)
_ENVIRONMENT_PLACES = {
    "api/settings.py",
    "api/bootstrap.py",
    "api/setup_run.py",
    "api/embedded.py",
    "api/cluster_place.py",
}
_CLOCK_CALLS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
_CODE = re.compile(r"^[CGTRA]\d{4}$")
_WORD = re.compile(r"\w+")
_LETTERS = {"core": "C", "geodata": "G", "tracking": "T", "routing": "R", "api": "A"}
_MACHINE = re.compile(
    r"/work/|/root/|/home/\w|/tmp/|/opt/wheels|\bpypi\.org|pythonhosted|registry\.npmjs|deb\.debian\.org", re.IGNORECASE
)
_SECTIONS = ("Context", "Decision", "Consequences", "Rejected", "Check")

Findings = list[str]


def too_long(sources: Iterable[Source], longest: int) -> Findings:
    """Files beyond the limit of lines."""
    counted = [(source.path, source.text.count("\n")) for source in sources]
    return [f"{path}: {lines} lines, at most {longest}" for path, lines in counted if lines > longest]


def vague_names(sources: Iterable[Source]) -> Findings:
    """Modules whose name says nothing about what is in them."""
    return [f"{s.path}: a vague name" for s in sources if _VAGUE_NAMES & set(s.path.removesuffix(".py").split("/"))]


def stray_commits(sources: Iterable[Source]) -> Findings:
    """Commits outside the one place that commits."""

    def is_commit(node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"

    return _where(sources, is_commit, "commits", allowed=("core/db.py",))


def upward_imports(sources: Iterable[Source]) -> Findings:
    """Imports of a higher layer by a lower one."""
    findings = []
    for source in sources:
        own = LAYERS.index(source.package)
        for node, package in _own_imports(source):
            if LAYERS.index(package) > own:
                findings.append(f"{source.path}:{node.lineno} {source.package} imports {package}")
    return findings


def hidden_imports(sources: Iterable[Source]) -> Findings:
    """Imports of the project's own modules inside functions: a cycle dodged."""
    findings = []
    for source in sources:
        functions = [n for n in ast.walk(source.tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        inside = {id(node) for function in functions for node in ast.walk(function)}
        found = [node for node, _ in _own_imports(source) if id(node) in inside]
        findings += [f"{source.path}:{node.lineno} an import inside a function" for node in found]
    return findings


def stray_sql(sources: Iterable[Source]) -> Findings:
    """SQL outside stores, tables and migrations: SQLAlchemy's words for it, or its text."""

    def is_sql(node: ast.AST) -> bool:
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "sqlalchemy":
            return any(name.name in _SQL_NAMES for name in node.names)
        return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(_SQL_TEXT.match(node.value))

    return _where(sources, is_sql, "SQL", allowed=_SQL_PLACES)


def stray_environment(sources: Iterable[Source]) -> Findings:
    """Reading variables of the environment outside the settings.

    Handing all of it to a child program, or setting a variable for child programs, is no reading.
    """
    return [
        f"{source.path}:{node.lineno} reads the environment"
        for source in sources
        if source.path not in _ENVIRONMENT_PLACES
        for allowed in [_handed_on(source.tree)]
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"} and id(node) not in allowed
    ]


def _handed_on(tree: ast.Module) -> set[int]:
    """Identities of the nodes in `{**X}` and `X[…] = …`."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            found |= {id(value) for key, value in zip(node.keys, node.values, strict=True) if key is None}
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            found.add(id(node.value))
    return found


def stray_clocks(sources: Iterable[Source]) -> Findings:
    """Asking the machine for the present instant outside core/clock.py; `now` is an argument."""

    def is_clock(node: ast.AST) -> bool:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return False
        owner = node.func.value
        name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
        return (name, node.func.attr) in _CLOCK_CALLS

    # The demo's fast time is a clock itself, made from the machine's.
    return _where(sources, is_clock, "asks the clock", allowed=("core/clock.py", "api/demo/fast_clock.py"))


def deaf_jobs(sources: Iterable[Source]) -> Findings:
    """Jobs that would hear of the worker's stop only when its grace is over: `core.jobs.must_stop` tells at once."""

    def is_late(node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and node.attr in {"should_abort", "run_worker", "run_worker_async"}

    return _where(sources, is_late, "hears of a stop late, or never", allowed=("core/jobs.py",))


def wrong_codes(sources: Iterable[Source]) -> Findings:
    """Error codes of a wrong form, of another package's letter, or defined twice."""
    findings, seen = [], dict[str, str]()
    for source in sources:
        for code, line in _defined_codes(source):
            place = f"{source.path}:{line}"
            if not _CODE.match(code):
                findings.append(f"{place} {code} is not a letter and four digits")
            elif code[0] != _LETTERS[source.package]:
                findings.append(f"{place} {code} has another package's letter")
            if code in seen:
                findings.append(f"{place} {code} is defined in {seen[code]} too")
            seen[code] = place
    return findings


def unasked_codes(sources: Iterable[Source], tests: Iterable[Source]) -> Findings:
    """Error codes that no test names, by their code or by the name they are kept under."""
    asked = {word for test in tests for word in _WORD.findall(test.text)}
    return [
        f"{source.path} {code} ({name}) is asked for by no test"
        for source in sources
        for name, code in _named_codes(source)
        if not {name, code} & asked
    ]


def machine_traces(pages: Iterable[Source]) -> Findings:
    """Paths of one machine and hosts of package registries in what people read."""
    return [
        f"{page.path}:{number} names {match[0]}"
        for page in pages
        for number, line in enumerate(page.text.splitlines(), 1)
        for match in [_MACHINE.search(line)]
        if match
    ]


def poor_records(records: Iterable[Source], exists: Callable[[str], bool]) -> Findings:
    """Decision records without a section, longer than a page, or whose check names no file that exists."""
    findings = []
    for record in records:
        headings = re.findall(r"^## (.+)$", record.text, re.MULTILINE)
        findings += [f"{record.path}: no section {name}" for name in _SECTIONS if name not in headings]
        if record.text.count("\n") > 80:
            findings.append(f"{record.path}: longer than a page")
        named = re.findall(r"`([^`]+)`", record.text.partition("## Check")[2])
        if not any(exists(name.partition("::")[0]) for name in named):
            findings.append(f"{record.path}: its check names no file that exists")
    return findings


def _where(
    sources: Iterable[Source], wanted: Callable[[ast.AST], bool], what: str, *, allowed: tuple[str, ...]
) -> Findings:
    return [
        f"{source.path}:{getattr(node, 'lineno', 0)} {what}"
        for source in sources
        if not any(fnmatch(source.path, pattern) for pattern in allowed)
        for node in ast.walk(source.tree)
        if wanted(node)
    ]


def _own_imports(source: Source) -> Iterator[tuple[ast.Import | ast.ImportFrom, str]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            names = [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        else:
            continue
        for name in names:
            package = name.partition(".")[0]
            if package in LAYERS:
                yield node, package


def _named_codes(source: Source) -> Iterator[tuple[str, str]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Call):
            for code, _ in _defined_codes(Source(path=source.path, text=ast.unparse(node.value))):
                yield node.targets[0].id, code


def _defined_codes(source: Source) -> Iterator[tuple[str, int]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "define":
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value, node.lineno
