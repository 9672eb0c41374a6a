"""What pydantic finds wrong with a value is told in Vietnamese too."""

from typing import Any

import pytest
from pydantic_core._pydantic_core import list_all_errors

from api.problems import problems_of
from tests.api.house import House

# Those with sentences of their own elsewhere.
_CODED = {"missing", "extra_forbidden", "unexpected_keyword_argument"}
_KINDS: dict[str, Any] = {one["type"]: one for one in list_all_errors() if one["type"] not in _CODED}


@pytest.mark.parametrize("kind", sorted(_KINDS))
def test_no_finding_is_told_in_english_to_who_reads_vietnamese(kind: str) -> None:
    template, context = _KINDS[kind]["message_template_python"], dict(_KINDS[kind].get("example_context") or {})
    context |= {"expected": "'a' or 'b'", "error": "EOF while parsing at line 3 column 7"}
    found: dict[str, Any] = {"type": kind, "loc": ("body", "name"), "msg": f"English: {template}", "ctx": context}
    [problem] = problems_of([found])
    told = problem.text("vi")
    assert "English" not in told
    assert " or " not in told
    assert "line" not in told
    assert "{" not in told
    assert problem.text("en") != told


def test_the_end_of_the_sentence_says_what_is_wanted(house: House) -> None:
    answer = house.person("dispatcher").get("/v1/plans", params={"office_id": "7"}).json()
    assert answer["detail"] == "Giá trị của «office_id» không hợp lệ: phải là mã UUID."
    assert "UUID" in answer["detail_en"]
    office = house.person("admin").post("/v1/offices", json={"code": 7, "point": [181.0, "x"]}).json()
    told = {one["pointer"]: one["detail"] for one in office["errors"]}
    assert told["/code"].endswith("phải là văn bản.")
    assert told["/point/0"].endswith("phải từ 180.0 trở xuống.")
    assert told["/point/1"].endswith("phải là số.")
