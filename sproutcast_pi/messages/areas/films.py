"""Time-lapse films: what was made, or why none could be."""

from __future__ import annotations

from sproutcast_pi.messages.message import Plural, Template

NAME = Template("films.name", "{file} can't be written: the name of a film ends in .mp4.")
NO_PHOTO = Template("films.no_photo", "None of the plant's photos can be read, so there is no film.")
NO_ENCODER = Template("films.no_encoder", "{folder} can't be written, or this OpenCV has no MPEG-4 encoder.")
MADE = Plural(
    "films.made",
    "{file}: {n:number0} photo, {seconds:number1} s.",
    "{file}: {n:number0} photos, {seconds:number1} s.",
)
LEFT_OUT = Plural(
    "films.left_out",
    "{n:number0} photo can't be read and is left out.",
    "{n:number0} photos can't be read and are left out.",
)
