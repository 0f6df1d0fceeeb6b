"""The database and what is made of it: why one can't be opened, kept, backed up or restored."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

# Opening.
NOT_OPENED = Template(
    "database.not_opened", "the database {path} can't be opened: {reason}; check the disk and who owns it"
)
NOT_PREPARED = Template("database.not_prepared", "the database {path} can't be prepared: {reason}")
NOT_READ = Template("database.not_read", "the database {path} can't be read: {reason}")
NO_ROOM_TO_PREPARE = Template(
    "database.no_room_to_prepare", "the disk is full, so the database {path} can't be prepared; free some space"
)
NO_ROOM_TO_CHECK = Template(
    "database.no_room_to_check", "the disk is full, so {path} can't be looked at; free some space"
)
DISK_UNUSABLE = Template(
    "database.disk_unusable", "the disk can't be used, so {path} can't be looked at ({reason}); it may be full"
)
NO_FACT = Template("database.no_fact", "the database doesn't say its {name}; it is not one of ours, or damaged")
NEWER = Template(
    "database.newer",
    "{path} was written by a newer Sproutcast Pi (schema {found}, this one knows {version}); "
    "install that version again, or restore a backup made by this one",
)
FOREIGN = Template("database.foreign", "{path} is a database of another program; name another file or move it away")
FOLDER_UNUSABLE = Template("database.folder_unusable", "{folder} can't be used: {reason}.")
IN_USE = Template(
    "database.in_use",
    "Another daemon already uses {folder}. Stop it first (systemctl stop sproutcast), or name another folder with "
    "--data.",
)
NOT_SET_ASIDE = Template("database.not_set_aside", "the database {path} can't be set aside: {reason}")

# What the owner must know of the database that was found.
SET_ASIDE = Template("database.set_aside", "The database was damaged and was set aside as {file}.")
BEGUN_AFRESH = Template(
    "database.begun_afresh",
    "A fresh one was begun; plants and settings have to be entered again, or restore a backup.",
)
BACKUP_USED = Template("database.backup_used", "The backup {file} took its place; what came after it is missing.")
ROLLED_BACK = Template(
    "database.rolled_back",
    "A newer version of the program did not stay. The data is as it was before it; what came after is kept in {file}.",
)
ROLLED_BACK_TO = Template(
    "database.rolled_back_to",
    "A newer version of the program did not stay. The data is as it was before it, at {at:date_time}; what came after "
    "is kept in {file}.",
)
PHOTOS_SET_ASIDE = Template(
    "database.photos_set_aside",
    "Photographs that it does not know are kept on the card, later in pictures/set-aside.",
)

# A database from elsewhere, to follow "can't be used:".
FOREIGN_SQL = Template("database.foreign_sql", "its table {table} runs SQL that is not ours")
OTHER_VERSION = Template("database.other_version", "it has version {found} of the tables and is said to have {wanted}")
NOT_UPGRADED = Template("database.not_upgraded", "it can't be brought to version {version}: {reason}")
TABLE_MISSING = Template("database.table_missing", "its table {table} is missing, or another one")
COLUMN_MISSING = Template("database.column_missing", "its table {table} lacks {column}")
LIGHT_MISSING = Template("database.light_missing", "its light is missing")
FACT_MISSING = Template("database.fact_missing", "it does not say its {name}")
