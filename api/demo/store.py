"""SQL of the demo's databases: templates, clones, and whether a given database is free to use."""

import psycopg
from psycopg import sql


def exists(admin: psycopg.Connection, name: str) -> bool:
    """Whether the server has a database of that name."""
    return admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def create(admin: psycopg.Connection, name: str, template: str = "template1") -> None:
    """A fresh database, in place of one of that name."""
    drop(admin, name)
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    admin.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


def drop(admin: psycopg.Connection, name: str) -> None:
    """Take a database away, whoever is connected; nothing happens when there is none."""
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def rename(admin: psycopg.Connection, name: str, to: str) -> None:
    """Give a database its final name."""
    admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(to)))


def is_used(url: str) -> bool:
    """Whether somebody works in the database already."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT EXISTS (SELECT 1 FROM items) OR EXISTS (SELECT 1 FROM offices)").fetchone()
    return bool(row and row[0])
