"""Examples made of schemas: what each field says stands in `openapi_words`, its form in the schema."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from api.openapi_words import DAY, DAYS, ENDINGS, TIME, TIMES, WORDS

Schema = Mapping[str, Any]
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_DIRECTION = re.compile(r"(In|Out|Created|Brief|Detail|Change)$")
_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


class Composer:
    """Examples over a document's schemas, by their names there."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = schemas

    def compose(self, schema: Schema, owner: str = "", name: str = "") -> Any:
        """An example of a schema: a field `name` of the schema `owner`.

        Raises:
            LookupError: for a text that `openapi_words` has no word for.
        """
        for word in _words(owner, name):
            if self._fits(schema, word):
                return word
        if "$ref" in schema:
            owner = _name_of(schema)
            return self.compose(self._schemas[owner], owner, name)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        for variants in ("anyOf", "oneOf", "allOf"):
            if variants in schema:
                return self.compose(schema[variants][0], owner, name)
        return self._of_type(schema, owner, name)

    def _of_type(self, schema: Schema, owner: str, name: str) -> Any:
        match _kind(schema):
            case "object":
                return {field: self.compose(one, owner, field) for field, one in schema.get("properties", {}).items()}
            case "array":
                if "prefixItems" in schema:
                    return [self.compose(one, owner, name) for one in schema["prefixItems"]]
                return [self.compose(schema["items"], owner, _singular(name))]
            case "boolean":
                return schema.get("default", False)
            case "integer" | "number":
                return _number(schema)
            case "string":
                return _text(schema, owner, name)
        raise LookupError(f"no example of {owner}.{name}")

    def _fits(self, schema: Schema, word: object) -> bool:
        if "$ref" in schema:
            return self._fits(self._schemas[_name_of(schema)], word)
        for variants in ("anyOf", "oneOf"):
            if variants in schema:
                return any(self._fits(one, word) for one in schema[variants])
        if "enum" in schema or "const" in schema:
            return word in schema.get("enum", [schema.get("const")])
        kind = _kind(schema)
        if kind is None or not isinstance(word, _TYPES[kind]):
            return kind is None
        if isinstance(word, list):
            inner = schema.get("prefixItems") or [schema["items"]] * len(word)
            return len(inner) == len(word) and all(map(self._fits, inner, word))
        return _within(schema, word)


def _words(owner: str, name: str) -> Iterator[Any]:
    yield from (WORDS[key] for key in (f"{owner}.{name}", name) if key in WORDS)
    yield from (word for ending, word in ENDINGS.items() if name.endswith(ending))


def _within(schema: Schema, word: object) -> bool:
    if isinstance(word, str):
        has_form = schema.get("format") is None and re.search(schema.get("pattern", ""), word) is not None
        return has_form and len(word) <= schema.get("maxLength", len(word))
    if isinstance(word, int | float):
        return bool(schema.get("minimum", word) <= word <= schema.get("maximum", word))
    return not isinstance(word, dict) or "properties" not in schema


def _number(schema: Schema) -> int | float:
    least, most = schema.get("minimum", 0), schema.get("maximum", 1)
    return int(max(least, min(1, most)))


def _text(schema: Schema, owner: str, name: str) -> str:
    match schema.get("format"):
        case "uuid":
            return _id(owner, name)
        case "date-time":
            return TIMES.get(name, TIME)
        case "date":
            return DAYS.get(name, DAY)
    raise LookupError(f"no word for {owner}.{name}")


def _id(owner: str, name: str) -> str:
    """The same id wherever a thing is named: `id` of an `ItemOut` is what others call `item_id`."""
    if name == "id":
        name = f"{_WORD_START.sub('_', _DIRECTION.sub('', owner)).lower()}_id"
    return str(uuid5(NAMESPACE_URL, f"urn:buuta:example:{name}"))


def _kind(schema: Schema) -> str | None:
    kind = schema.get("type")
    return kind[0] if isinstance(kind, list) else kind


def _singular(name: str) -> str:
    return name.removesuffix("s") if name.endswith("_ids") else name


def _name_of(schema: Schema) -> str:
    return str(schema["$ref"]).rpartition("/")[2]
