"""The compose file and the Dockerfile name only what exists; no Docker engine is needed to see that."""

import json
import re
import shlex
from collections.abc import Iterator
from inspect import signature
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.cli import COMMANDS, load
from api.commands.roads import serve
from api.commands.serve import server_options
from api.embedded import _SETTINGS
from api.settings import Settings
from api.setup_steps import UV
from geodata.osrm_programs import OSRM_VERSION
from tests.architecture.sources import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
OWN = [name for name, service in SERVICES.items() if "build" in service]
_COPY = re.compile(r"^COPY (?!--from)(.+)$", re.MULTILINE)


def _ignored(path: str) -> bool:
    """Whether .dockerignore keeps a path out of the build: the last line that matches decides."""
    verdict = False
    for line in (ROOT / ".dockerignore").read_text().split():
        pattern = line.removeprefix("!").removeprefix("**/")
        if pattern in {"*", path} or path.startswith(f"{pattern}/"):
            verdict = not line.startswith("!")
    return verdict


def _stages() -> list[str]:
    return re.findall(r"^FROM \S+ AS (\w+)$", DOCKERFILE, re.MULTILINE)


def test_what_the_build_copies_exists_and_is_sent_to_it() -> None:
    copied = [path.rstrip("/") for line in _COPY.findall(DOCKERFILE) for path in shlex.split(line)[:-1]]
    assert copied
    assert [path for path in copied if not (ROOT / path).exists() or _ignored(path)] == []


def test_stages_are_built_before_they_are_copied_from() -> None:
    stages = _stages()
    for number, block in enumerate(re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]):
        for source in re.findall(r"--from=(\w+)", block):
            assert source in stages[:number]


@pytest.mark.parametrize("name", OWN)
def test_each_service_of_ours_builds_a_stage_that_exists(name: str) -> None:
    assert SERVICES[name]["build"]["target"] in _stages()


def test_the_image_runs_as_an_unprivileged_user_with_the_pinned_osrm() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (\w+)$", last, re.MULTILINE) == ["buuta"]
    assert f"osrm-bindings=={OSRM_VERSION}" in DOCKERFILE
    assert f'pip install --no-cache-dir "{UV}"' in DOCKERFILE


def test_variables_of_the_image_and_of_compose_are_settings() -> None:
    known = {f"BUUTA_{name.upper()}" for name in Settings.model_fields}
    texts = [DOCKERFILE, (ROOT / "docker-compose.yml").read_text(), (ROOT / "docker/example.env").read_text()]
    used = {name for text in texts for name in re.findall(r"\bBUUTA_[A-Z_]+\b", text)}
    assert used
    assert used <= known


def test_dependencies_volumes_and_mounted_files_exist() -> None:
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).is_file()


def test_who_is_waited_for_can_become_healthy() -> None:
    for service in SERVICES.values():
        for name, wanted in service.get("depends_on", {}).items():
            if wanted["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[name]
            else:
                assert SERVICES[name]["restart"] == "no", "a service that must complete is not started again"


def test_only_the_door_with_tls_is_open_beyond_loopback() -> None:
    public = {
        name for name, s in SERVICES.items() for port in s.get("ports", []) if not str(port).startswith("127.0.0.1:")
    }
    assert public == {"proxy"}
    assert SERVICES["proxy"]["profiles"] == ["public"]


def test_no_password_is_written_down() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    assigned = re.findall(r"^ *POSTGRES_PASSWORD: (.+)$", text, re.MULTILINE)
    in_addresses = re.findall(r"://\w+:([^@]+)@", text)
    assert len(assigned + in_addresses) == 2
    for value in assigned + in_addresses:
        assert re.fullmatch(r"\$\{POSTGRES_PASSWORD:\?[^}]+\}", value)
    assert re.search(r"^POSTGRES_PASSWORD=$", (ROOT / "docker/example.env").read_text(), re.MULTILINE)
    assert ".env" in (ROOT / ".gitignore").read_text().split()


def test_the_port_of_the_program_is_the_published_and_the_checked_one() -> None:
    port = Settings.model_fields["port"].default
    assert SERVICES["api"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f":{port}/healthz" in json.dumps(SERVICES["api"]["healthcheck"])
    assert f"EXPOSE {port}" in DOCKERFILE
    assert f"api:{port}" in (ROOT / "docker/Caddyfile").read_text()


def test_the_proxy_lets_go_of_an_idle_connection_before_the_server_does() -> None:
    [let_go] = re.findall(r"keepalive (\d+)s", (ROOT / "docker/Caddyfile").read_text())
    assert int(let_go) < server_options(Settings())["timeout_keep_alive"]


def test_the_proxy_that_is_believed_is_on_the_services_own_network() -> None:
    [network] = COMPOSE["networks"]["default"]["ipam"]["config"]
    assert json.loads(SERVICES["api"]["environment"]["BUUTA_TRUSTED_PROXIES"]) == [network["subnet"]]
    assert not SERVICES["proxy"].get("network_mode")


def test_the_databases_log_quotes_no_rows() -> None:
    command = SERVICES["db"]["command"]
    ours = {name for name in _SETTINGS if name.startswith("log_") and name != "log_timezone"}
    assert ours >= {"log_error_verbosity", "log_parameter_max_length_on_error"}
    assert {f"{name}={_SETTINGS[name]}" for name in ours} <= set(command)


def test_the_roads_that_are_asked_are_served_with_closures_and_learned_speeds() -> None:
    """A bare osrm-routed would know neither: `buuta roads serve` runs the keeper beside it."""
    command = SERVICES["osrm"]["command"]
    assert command[:3] == ["buuta", "roads", "serve"]
    given = dict(zip(command[3::2], command[4::2], strict=True))
    assert given["--host"] == "0.0.0.0"  # noqa: S104  what the compose file says
    assert SERVICES["worker"]["environment"]["BUUTA_OSRM_URL"] == f"http://osrm:{given['--port']}"
    assert given["--port"] in " ".join(SERVICES["osrm"]["healthcheck"]["test"])
    assert "ports" not in SERVICES["osrm"]
    assert "migrate" in SERVICES["osrm"]["depends_on"]
    assert set(given) <= {f"--{name}" for name in signature(serve).parameters}


def _commands() -> set[str]:
    """Every way `buuta …` can be called, groups with their commands."""

    def walk(command: object, words: str) -> Iterator[str]:
        yield words
        for name, child in getattr(command, "commands", {}).items():
            yield from walk(child, f"{words} {name}")

    return {words for name in COMMANDS for words in walk(load(name), f"buuta {name}")}


def test_the_commands_that_services_and_pages_name_exist() -> None:
    commands = [s["command"] for s in SERVICES.values() if s.get("command", [""])[0] == "buuta"]
    run = {" ".join(takewhile(lambda word: not word.startswith("-"), words)) for words in commands}
    assert len(run) == 4
    pages = (ROOT / "docs/operations.md").read_text() + (ROOT / "docker-compose.yml").read_text()
    named = {f"buuta {words}" for words in re.findall(r"\bapi buuta ([a-z]+(?: [a-z]+)?)", pages)}
    assert "buuta roads import" in named
    assert run | named <= _commands()


def test_roads_are_imported_in_one_way_from_a_file_that_is_mounted() -> None:
    pages = [(ROOT / name).read_text() for name in ("docs/operations.md", "docker-compose.yml")]
    told = [line for page in pages for line in re.findall(r"docker compose run [^`\n]*buuta roads import[^`\n]*", page)]
    assert len(told) == len(pages)
    assert len(set(told)) == 1
    [mount] = re.findall(r'-v "\$PWD/[^:]+:([^:]+):ro"', told[0])
    assert told[0].endswith(f" {mount}")


def test_the_check_of_ignored_paths_can_fail(tmp_path: Path) -> None:
    assert _ignored("tests/conftest.py")
    assert _ignored("web/node_modules/x")
    assert not _ignored("web/src/main.ts")
