"""Backups, exports and imports: why one can't be made, read or put in place."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

NO_BACKUP = Template("backups.no_backup", "{path} is not a backup made by sproutcast")
NO_BACKUP_BECAUSE = Template("backups.no_backup_because", "{path} is not a backup made by sproutcast: {reason}")
CUT_SHORT = Template("backups.cut_short", "{path} is not a backup made by sproutcast, or is cut short: {reason}")
NEWER_FORMAT = Template(
    "backups.newer_format", "{path} was made by a newer Sproutcast Pi; install that version to restore it"
)
NEWER_SCHEMA = Template(
    "backups.newer_schema",
    "{path} was made by a newer Sproutcast Pi (schema {found}, this one knows {version}); "
    "install that version to restore it",
)
NO_DATABASE_IN = Template("backups.no_database_in", "{path} holds no database")
OTHER_DATABASE = Template("backups.other_database", "{path} is damaged: its database is not the one that was saved")
DATABASE_DAMAGED = Template("backups.database_damaged", "the database in {path} is damaged: {reason}")
DATABASE_UNUSABLE = Template("backups.database_unusable", "the database in {path} can't be used: {reason}")
NOT_WRITTEN = Template("backups.not_written", "the backup {path} can't be written: {reason}")
NOT_RESTORED = Template("backups.not_restored", "{path} can't be restored: {reason}")
NO_DATABASE = Template("backups.no_database", "there is no database at {path}; name the daemon's folder with --data")
COPY_NOT_WRITTEN = Template(
    "backups.copy_not_written", "the copy of the database can't be written to {folder}: {reason}"
)
NO_ROOM = Template(
    "backups.no_room", "{folder} has {free:size} free and {needed:size} are needed; make room, or name another disk"
)
NO_ROOM_DAILY = Template(
    "backups.no_room_daily", "{folder} has less than the {needed:size} free that the daily copy needs"
)
IN_USE = Template("backups.in_use", "{path} is in use; stop the daemon first")

# Exports and imports.
FOLDER_NOT_WRITTEN = Template("backups.folder_not_written", "{folder} can't be written: {reason}")
NO_TABLE = Template("backups.no_table", 'there is no table "{name}"; there are {names}')
NO_TABLE_BUT = Template("backups.no_table_but", 'there is no table "{name}"; did you mean "{close}"?')
STRANGER = Template(
    "backups.stranger", "{file} exists and is no earlier export's; name an empty folder, or remove it first"
)
NOT_IMPORTED = Template("backups.not_imported", "{folder} can't be imported: {reason}")
NO_EXPORT = Template("backups.no_export", "{file} can't be read: {reason}; name the folder of an export")
NO_MANIFEST = Template("backups.no_manifest", "{file} is not the manifest of an export: {reason}")
NEWER_EXPORT = Template(
    "backups.newer_export", "{folder} was exported by a newer Sproutcast Pi; install that version to import it"
)
NOT_EMPTY = Template("backups.not_empty", "the store is not empty: it has rows in {table}; import into a fresh folder")
BROKEN_REFERENCE = Template(
    "backups.broken_reference", "{folder}: row {row} of {table} refers to a {other} that is not there"
)
UNKNOWN_TABLE = Template("backups.unknown_table", "{folder}: the store has no table {table}")
UNKNOWN_COLUMN = Template("backups.unknown_column", "{file}: {table} has no column {column}")
OUTSIDE_FOLDER = Template(
    "backups.outside_folder", '{folder}: its manifest names "{file}", which is no file of that folder'
)
BAD_ROW = Template("backups.bad_row", "{file}, row {row}: {reason}")
BAD_FILE = Template("backups.bad_file", "{file}: {reason}")
ROW_COUNT = Template("backups.row_count", "{file} has {n} rows; its manifest says {wanted}")
BAD_HEADINGS = Template("backups.bad_headings", "{file}: its headings are not those of its manifest")
FIELD_COUNT = Template("backups.field_count", "{file}, row {row}: {n} fields instead of {wanted}")
NO_NUMBER = Template("backups.no_number", '{file}, row {row}: "{value}" is no number for {column}')
LARGE_NUMBER = Template("backups.large_number", '{file}, row {row}: "{value}" is too large for {column}')
OPEN_QUOTE = Template("backups.open_quote", 'line {line}: a " is never closed')
NO_FIELD = Template("backups.no_field", "line {line}, field {field}: {value} is no field")
