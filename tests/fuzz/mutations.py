"""Ways to damage a file, from noise to lies that a checksum does not give away. The same chance, the same damage."""

from __future__ import annotations

import io
import json
import random
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

Mutation = Callable[[bytes, random.Random], bytes]

#: Numbers that lengths, counts and sizes do not expect.
_NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_TEXTS = (
    "",
    "\0",
    "../../../etc/passwd",
    "/dev/zero",
    "%s%n",
    "𝕏" * 300,
    "-1",
    "1e999",
    "NaN",
    "999999999999",
    "[]",
    "{}",
)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """`data` with one to four kinds of damage."""
    for _ in range(chance.choice((1, 1, 1, 2, 2, 4))):
        data = chance.choice(_for_content(data))(data, chance)
    return data


def _for_content(data: bytes) -> tuple[Mutation, ...]:
    plain = (_flip, _number, _cut, _repeat, _remove, _zeros)
    if data.startswith(b"PK\3\4"):
        return (*plain, _inside_zip, _inside_zip, _inside_zip)
    if data.startswith(b"\x89PNG"):
        return (*plain, _inside_png, _inside_png)
    if data.startswith(b"SQLite format 3\0"):
        return (*plain, _inside_database, _inside_database, _inside_database)
    return plain


def _flip(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        if out:
            out[_position(out, chance)] = chance.randrange(256)
    return bytes(out)


def _number(data: bytes, chance: random.Random) -> bytes:
    """A 16- or 32-bit number of either byte order becomes one that was not expected."""
    size = chance.choice((2, 4, 4, 8))
    if len(data) < size:
        return data
    at = min(_position(data, chance), len(data) - size)
    value = chance.choice(_NUMBERS) & ((1 << 8 * size) - 1)
    return data[:at] + value.to_bytes(size, chance.choice(("big", "little"))) + data[at + size :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _repeat(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    piece = data[at : at + chance.choice((1, 4, 64, 1024))]
    return data[:at] + piece * chance.choice((1, 2, 50)) + data[at:]


def _remove(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[at + chance.choice((1, 2, 4, 100)) :]


def _zeros(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + bytes(min(len(data) - at, chance.choice((4, 32, 512)))) + data[at + 512 :]


def _position(data: bytes | bytearray, chance: random.Random) -> int:
    """Headers are where lies do harm: half of the time one of the first bytes."""
    return chance.randrange(min(len(data), 600) if chance.random() < 0.5 else len(data))


def _inside_zip(data: bytes, chance: random.Random) -> bytes:
    """Damage within an entry, or of the list of entries, with checksums that are right."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        return _flip(data, chance)
    if not entries:
        return data
    i = chance.randrange(len(entries))
    name, content = entries[i]
    deed = chance.randrange(6)
    if deed == 0:
        del entries[i]
    elif deed == 1:
        entries.append((chance.choice(_TEXTS) or "x", content))
    elif deed == 2 and name.endswith(".xml"):
        entries[i] = (name, _inside_xml(content, chance))
    elif deed == 3:
        entries[i] = (name, bytes(chance.choice((0, 1 << 16, 1 << 24))))
    else:
        entries[i] = (name, chance.choice(_for_content(content))(content, chance))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, suppress(UserWarning):
        for entry, content in entries:
            kind = zipfile.ZIP_STORED if entry == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(entry), content, kind)
    return out.getvalue()


def _inside_xml(content: bytes, chance: random.Random) -> bytes:
    text = content.decode("utf-8", "replace")
    deed = chance.randrange(5)
    if deed == 0:
        depth = chance.choice((100, 5_000))
        return text.replace("<stack", "<stack>" * depth + "<stack", 1).encode()
    if deed == 1:
        entity = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "' + "&a;" * 50 + '">]>'
        return (entity + text.replace('name="', 'name="&b;', 1)).encode()
    parts = text.split('"')
    if len(parts) > 3:
        at = chance.randrange(1, len(parts) - 1) | 1
        parts[min(at, len(parts) - 1)] = chance.choice(_TEXTS).replace("&", "").replace("<", "")
    return '"'.join(parts).encode("utf-8", "replace")


def _inside_png(data: bytes, chance: random.Random) -> bytes:
    """Damage within a chunk, with a checksum that is right."""
    chunks, at = [], 8
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        if at + 12 + length > len(data):
            break
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    if not chunks:
        return _flip(data, chance)
    i = chance.randrange(len(chunks))
    kind, body = chunks[i]
    if kind in (b"IDAT", b"zTXt", b"iTXt", b"iCCP") and chance.random() < 0.5:
        with suppress(zlib.error):
            body = zlib.compress(_flip(zlib.decompress(body), chance))
    else:
        body = chance.choice((_flip, _number, _cut, _repeat))(body, chance) if body else b"\0" * 5
    chunks[i] = (kind, body[: 1 << 24])
    out = [data[:8]]
    for kind, body in chunks:
        out += [struct.pack(">I", len(body)), kind, body, struct.pack(">I", zlib.crc32(kind + body))]
    return b"".join(out)


def _inside_database(data: bytes, chance: random.Random) -> bytes:
    """Lies in the rows of an SQLite file that SQLite itself finds nothing wrong with."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(data)
        try:
            with closing(sqlite3.connect(path)) as db:
                tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
                table = chance.choice(tables)
                columns = [row[1] for row in db.execute(f"PRAGMA table_info('{table}')")]
                rows = db.execute(f"SELECT rowid, * FROM '{table}' LIMIT 50").fetchall()
                if rows:
                    row, column = chance.choice(rows), chance.randrange(len(columns))
                    value = _other(row[1 + column], chance)
                    db.execute(f"UPDATE '{table}' SET {columns[column]} = ? WHERE rowid = ?", (value, row[0]))
                db.commit()
        except (sqlite3.Error, OverflowError, IndexError, UnicodeError):
            return _flip(data, chance)
        return path.read_bytes()


def _other(value: object, chance: random.Random) -> object:
    if isinstance(value, bytes):
        return chance.choice((_flip, _number, _cut, _repeat))(value, chance)
    if isinstance(value, str) and value.startswith("{"):
        with suppress(ValueError):
            return json.dumps(_other_json(json.loads(value), chance))
    if isinstance(value, str):
        return chance.choice((*_TEXTS, "[" * 20_000, value[: len(value) // 2]))
    return chance.choice((*_NUMBERS, -1, None, "text"))


def _other_json(data: object, chance: random.Random) -> object:
    """One value somewhere in the tree becomes another."""
    if isinstance(data, dict) and data and chance.random() < 0.85:
        key = chance.choice(list(data))
        return {**data, key: _other_json(data[key], chance)}
    if isinstance(data, list) and data and chance.random() < 0.85:
        i = chance.randrange(len(data))
        return [*data[:i], _other_json(data[i], chance), *data[i + 1 :]]
    return chance.choice((None, -1, 0, 1e308, 2**40, True, "x", *_TEXTS, [], {}, [[]] * 3, [data], {"a": data}))
