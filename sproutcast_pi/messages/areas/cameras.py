"""Cameras: why a photo or the preview failed, and what to do."""

from __future__ import annotations

from pathlib import Path

from sproutcast_pi.messages.message import Message, Template

NOT_STARTED = Template("cameras.not_started", "The camera program could not be started: {reason}.")
NO_ANSWER = Template(
    "cameras.no_answer",
    "The camera did not answer within {seconds:number0} s and was stopped. If this keeps happening, check its cable.",
)
BABBLES = Template("cameras.babbles", "The camera program produced too much output and was stopped.")
KILLED = Template("cameras.killed", "The camera program was ended by {signal} before it had a photo. {detail}")
ENDED = Template("cameras.ended", "The camera program ended (status {status}) without a photo. {detail}")
UNREADABLE = Template("cameras.unreadable", "The camera program sent an unreadable answer: {answer}.")
WRONG_PHOTO = Template("cameras.wrong_photo", "The camera program answered for photo {got} instead of {wanted}.")
WRONG_FILE = Template("cameras.wrong_file", "The camera program wrote {got} instead of {wanted}.")
FILE_MISSING = Template("cameras.file_missing", "The photo {file} is missing: {reason}.")
FILE_SIZE = Template("cameras.file_size", "The photo {file} has {size} bytes instead of {wanted}.")
NO_CAMERA_NAMED = Template("cameras.no_camera_named", 'There is no camera "{name}"; use one of {known}.')
NO_CAMERA_AT = Template(
    "cameras.no_camera_at", "No camera found at {device}. Check the cable, or use another: {known}."
)
NONE_PLUGGED_IN = Template("cameras.none_plugged_in", "none is plugged in")
NOT_A_CAMERA = Template(
    "cameras.not_a_camera",
    "{device} can't be opened as a camera: another program may be using it, or this user is not in the group video.",
)
NOT_ENCODED = Template("cameras.not_encoded", "The photo from {device} could not be encoded.")
NOT_WRITTEN = Template("cameras.not_written", "The photo could not be written to {folder}: {reason}.")
SENDS_NOTHING = Template(
    "cameras.sends_nothing", "{device} sends no image. Unplug it and plug it in again, into a port with enough power."
)
NONE_CONNECTED = Template("cameras.none_connected", "No camera found. {remedy}")
CANT_OPEN = Template("cameras.cant_open", "The camera can't be opened: {reason}. {remedy}")
FAILED = Template("cameras.failed", "The camera failed: {reason}. {remedy}")
NO_IMAGE = Template("cameras.no_image", "The camera sent no image within {seconds:number0} s. {remedy}")
RIBBON_CABLE = Template(
    "cameras.ribbon_cable",
    "Check that its ribbon cable sits straight in both connectors, contacts facing the right way, and restart the Pi.",
)
PIXEL_FORMAT = Template(
    "cameras.pixel_format", "The camera's pixel format {format} is not supported. Update the system's libcamera."
)
NO_PHOTOS_IN = Template(
    "cameras.no_photos_in", "There are no photos in {folder}; put some there or use another folder."
)
FOLDER_UNREADABLE = Template(
    "cameras.folder_unreadable", "The folder {folder} can't be opened: {reason}. Name a folder with photos."
)
NO_FAULT = Template("cameras.no_fault", 'There is no faulty camera "{name}"; there are {known}.')
REFUSES_AS_SET = Template(
    "cameras.refuses_as_set", "The camera refuses, as configured (simulated:refuse). Choose another camera."
)
SHOWS_NOTHING_AS_SET = Template("cameras.shows_nothing_as_set", "The camera shows nothing, as configured.")
BAD_SCENE = Template("cameras.bad_scene", "The simulated camera can't read its greenhouse: {reason}.")
SIMULATED_NOT_ENCODED = Template("cameras.simulated_not_encoded", "The simulated photo could not be encoded.")
SIZE_UNUSABLE = Template(
    "cameras.size_unusable", "The simulated camera can't take {width} x {height} pixels; use {low} to {high}."
)
BUSY = Template("cameras.busy", "A photo is being taken.")
PREVIEW_SILENT = Template("cameras.preview_silent", "The camera does not answer.")
NO_PREVIEW = Template("cameras.no_preview", "There is no camera to look through.")
IN_USE = Template(
    "cameras.in_use",
    "Another program is using the camera ({reason}). Stop that program; only one can use it at a time.",
)
MEMORY = Template("cameras.memory", "Measuring needs more than {n:number0} MB of memory.")
NO_PICAMERA = Template(
    "cameras.no_picamera",
    "picamera2 can't be loaded ({reason}). On the Pi: sudo apt install python3-picamera2, and create the virtual "
    "environment with --system-site-packages.",
)
NOT_STORED = Template("cameras.not_stored", "The photo could not be stored: {reason}.")
PREVIEW_NO_ANSWER = Template(
    "cameras.preview_no_answer", "The camera does not answer. If this keeps happening, check its cable."
)


def not_written(path: Path, error: OSError) -> Message:
    """Return why a photo is not at its path."""
    return NOT_WRITTEN(folder=str(path.parent), reason=error.strerror or str(error))
