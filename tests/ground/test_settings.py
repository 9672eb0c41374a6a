"""Settings: what the environment may say, what is refused, and the key of the installation."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from api.settings import Settings, load_settings
from core.errors import CodedError


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the person who runs the tests counts."""
    for name in ("DATABASE_URL", *(f"BUUTA_{field.upper()}" for field in Settings.model_fields)):
        monkeypatch.delenv(name, raising=False)


def test_a_bare_environment_gives_a_private_installation() -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.database_url) == ("127.0.0.1", 8340, None)
    assert settings.base_url == "http://127.0.0.1:8340"
    assert settings.blob_location == ".buuta/blobs"
    assert not settings.secure_cookies


@pytest.mark.parametrize("name", ["DATABASE_URL", "BUUTA_DATABASE_URL"])
def test_both_names_of_the_database_are_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "postgresql://db.example/buuta")
    assert load_settings().database_url == "postgresql://db.example/buuta"


def test_our_own_name_of_the_database_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://other/x")
    monkeypatch.setenv("BUUTA_DATABASE_URL", "postgresql://own/x")
    assert load_settings().database_url == "postgresql://own/x"


def test_an_https_address_makes_cookies_secure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUUTA_PUBLIC_URL", "https://buuta.example.vn/")
    settings = load_settings()
    assert settings.secure_cookies
    assert settings.base_url == "https://buuta.example.vn"


def test_everything_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUUTA_PORT", "many")
    monkeypatch.setenv("BUUTA_PROVINCE_CODE", "Gia Lai")
    monkeypatch.setenv("BUUTA_DATABASE_URL", "localhost")
    with pytest.raises(CodedError) as refused:
        load_settings()
    assert refused.value.code == "A9006"
    assert {found.values["name"] for found in refused.value.problems} == {
        "BUUTA_PORT",
        "BUUTA_PROVINCE_CODE",
        "BUUTA_DATABASE_URL",
    }


def test_the_refusal_does_not_repeat_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUUTA_DATABASE_URL", "user:hunter2@db")
    with pytest.raises(CodedError) as refused:
        load_settings()
    assert "hunter2" not in str(refused.value)


def test_binding_more_than_loopback_needs_the_public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUUTA_HOST", "0.0.0.0")  # noqa: S104
    with pytest.raises(CodedError, match="BUUTA_PUBLIC_URL"):
        load_settings()
    monkeypatch.setenv("BUUTA_PUBLIC_URL", "https://buuta.example.vn")
    assert load_settings().port == 8340


def test_proxies_are_addresses_or_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().trusted_proxies == ("127.0.0.1", "::1")
    monkeypatch.setenv("BUUTA_TRUSTED_PROXIES", '["172.30.84.0/24"]')
    assert load_settings().trusted_proxies == ("172.30.84.0/24",)
    for wrong in ('["caddy"]', '["172.30.84.1/24"]', '["*"]'):
        monkeypatch.setenv("BUUTA_TRUSTED_PROXIES", wrong)
        with pytest.raises(CodedError, match="BUUTA_TRUSTED_PROXIES"):
            load_settings()


def test_the_demos_clock_is_refused_where_the_public_comes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUUTA_DEMO_CLOCK", "clock")
    assert load_settings().demo_clock == Path("clock")
    monkeypatch.setenv("BUUTA_PUBLIC_URL", "https://buuta.example.vn")
    with pytest.raises(CodedError, match="BUUTA_DEMO_CLOCK"):
        load_settings()


def test_the_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    key = settings.secret_key()
    assert len(key) == 32
    assert settings.secret_key() == key
    assert (tmp_path / "data/secret.key").stat().st_mode & 0o777 == 0o600
    assert Settings(data_dir=tmp_path / "other").secret_key() != key


def test_processes_that_start_together_share_the_key(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with ThreadPoolExecutor(max_workers=8) as pool:
        keys = {future.result() for future in [pool.submit(settings.secret_key) for _ in range(32)]}
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]
