"""How an exception is told where personal data must not go: its type, its code and its place, never its text.

The text of a database error quotes the row that was refused, names and all, and so may any other library's.
"""

# As long as a SQLSTATE and as a code of ours; other libraries call other things `code`.
_CODE_LENGTH = 5
_FRAMES = 8


def failure_name(error: BaseException) -> str:
    """Types from the error to what caused it, with a SQLSTATE: `IntegrityError < UniqueViolation 23505`."""
    names: list[str] = []
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        code = getattr(cause, "sqlstate", None) or getattr(cause, "code", None)
        known = isinstance(code, str) and code.isalnum() and len(code) == _CODE_LENGTH
        names.append(f"{type(cause).__name__} {code}" if known else type(cause).__name__)
        cause = cause.__cause__
    return " < ".join(names)


def failure_place(error: BaseException) -> list[str]:
    """Files and lines of the innermost frames, without values."""
    frames: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames[-_FRAMES:]
