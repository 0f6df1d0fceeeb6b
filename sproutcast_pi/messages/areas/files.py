"""Files that people edit or name: what is wrong with one."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

UNREADABLE = Template("files.unreadable", "{file} can't be read: {reason}.")
TOO_LARGE = Template("files.too_large", "{file} is larger than {limit} bytes; that is the wrong file.")
NOT_UTF8 = Template("files.not_utf8", "{file} is not UTF-8 text (line {line}, byte {byte}); save it as UTF-8.")
TOO_MANY_LINES = Template("files.too_many_lines", "{file} has {n} lines; write the password alone, on one line.")
EMPTY = Template("files.empty", "{file} is empty; write the password into it, on one line.")
NOT_WRITTEN = Template("files.not_written", "{file} can't be written: {reason}.")
NO_FOLDER_MADE = Template("files.no_folder_made", "The folder {folder} can't be created: {reason}.")
