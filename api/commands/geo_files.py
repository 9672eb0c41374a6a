"""`buuta geo export|import`: offices, beats, zones and communes as files of a map."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from api.commands.ground import opened, operator_scope
from api.commands.output import AsJson, Exit, coded_errors, say
from api.settings import load_settings
from core.scope import Scope
from geodata.files import ImportAnswer, Layer, refused_features
from geodata.files_communes import COMMUNES, export_communes, import_communes
from geodata.files_features import Feature
from geodata.files_formats import format_of, read_features, write_features
from tracking.geo_beats import BEATS, export_beats, import_beats
from tracking.geo_offices import OFFICES, export_offices, import_offices
from tracking.geo_zones import ZONES, export_zones, import_zones

geo = typer.Typer(no_args_is_help=True, help="Tệp bản đồ · map files: gpkg, geojson, parquet, shp.zip, xlsx.")


class What(StrEnum):
    """The layers."""

    OFFICES = "offices"
    BEATS = "beats"
    ZONES = "zones"
    COMMUNES = "communes"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    layer: Layer
    out: Callable[[Session, Scope], list[Feature]]
    into: Callable[..., ImportAnswer]


_WAYS: Mapping[What, _Way] = {
    What.OFFICES: _Way(layer=OFFICES, out=export_offices, into=import_offices),
    What.BEATS: _Way(layer=BEATS, out=export_beats, into=import_beats),
    What.ZONES: _Way(layer=ZONES, out=export_zones, into=import_zones),
    What.COMMUNES: _Way(layer=COMMUNES, out=export_communes, into=import_communes),
}


@geo.command("export")
def export_file(what: What, file: Path, as_json: AsJson = False) -> None:
    """Ghi một lớp ra tệp, EPSG:4326 · write a layer; the format is that of the file's name."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        way = _WAYS[what]
        format_of(file)
        with opened(settings) as runtime, runtime.database.reading() as session:
            features = way.out(session, operator_scope(settings))
        write_features(file, features, way.layer.columns, layer=way.layer.name)
    answer = {"layer": what.value, "file": str(file), "features": len(features), "crs": "EPSG:4326"}
    say(answer, as_json=as_json, text=f"{file}: {len(features)} {what.value}, EPSG:4326")


@geo.command("import")
def import_file(
    what: What,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ thử, không ghi · take nothing in.")] = False,
    crs: Annotated[str | None, typer.Option(help="Hệ tọa độ khi tệp không nói · where the file names none.")] = None,
    refused: Annotated[
        Path | None, typer.Option(help="Ghi các đối tượng bị từ chối ra tệp · write what was refused.")
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="Vùng không có trong tệp thì bỏ · zones that are not in the file go.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Nạp cả tệp hoặc không gì cả; mã thoát 1 khi có đối tượng sai · all of a file or none of it."""
    if whole and what is not What.ZONES:
        raise typer.BadParameter("--whole: zones")
    more = {"is_whole": True} if whole else {}
    with coded_errors(as_json=as_json):
        settings = load_settings()
        if refused is not None:
            format_of(refused)
        features = read_features(file, crs=crs)
        with opened(settings) as runtime, runtime.database.transaction() as session:
            scope, now = operator_scope(settings), runtime.clock()
            answer = _WAYS[what].into(session, scope, features, now=now, dry_run=dry_run, **more)
        if refused is not None and answer.refused:
            back, columns = refused_features(answer)
            write_features(refused, back, columns, layer="refused")
    say(_answer_out(answer), as_json=as_json, text="\n".join(_answer_lines(answer)))
    if answer.refused:
        raise typer.Exit(Exit.FAILED)


def _answer_out(answer: ImportAnswer) -> dict[str, Any]:
    return {
        "layer": answer.layer,
        "crs": answer.crs,
        "dry_run": answer.dry_run,
        "written": answer.is_written,
        "counts": answer.counts,
        "refused": [one.as_dict() for one in answer.refused],
    }


def _answer_lines(answer: ImportAnswer) -> list[str]:
    said = "đã ghi · written" if answer.is_written else "không ghi gì · nothing written"
    lines = [", ".join(f"{count} {name}" for name, count in answer.counts.items()) + f" ({answer.crs}): {said}"]
    for one in answer.refused:
        place = f"▲ [{one.feature.index}] {one.key or ''}"
        lines += [f"{place} {found.code} {found.text('vi')} · {found.text('en')}" for found in one.problems]
        if one.repair is not None:
            lines.append(f"  ↳ {one.repair.vi} · {one.repair.en}")
    return lines
