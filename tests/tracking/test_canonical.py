"""Our canonical JSON is RFC 8785's: the reference implementation is the oracle."""

import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from tracking.canonical import canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
@example({"b": 1, "a": '\x00\x1f\x7f\b\t\n\f\r"\\/é€𝄞', "B": [True, None]})
@example({"𝄞": 1, "ﬀ": 2})
@example({"n": 2**53 - 1, "f": 1e21, "z": -0.0})
def test_the_form_is_the_one_of_the_reference(content: object) -> None:
    assert canonical(content) == rfc8785.dumps(content)  # type: ignore[arg-type]
