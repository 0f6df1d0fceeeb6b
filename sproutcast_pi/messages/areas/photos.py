"""Files of photographs that can't be measured, and why; photographs of which nothing can be said."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

EMPTY = Template("photos.empty", "{file} is empty (0 bytes): take the picture again.")
UNSUPPORTED = Template("photos.unsupported", "{file} is {kind}: {remedy}.")
NO_SIZE = Template("photos.no_size", "{file} says it is {width} x {height} pixels: the file is damaged.")
UNKNOWN_KIND = Template("photos.unknown_kind", "{file} is not a picture we can read: JPEG, PNG, WebP, TIFF or BMP are.")
DAMAGED = Template("photos.damaged", "{file} is damaged: {fault}. Copy it again or take another.")
CUT_HEADER = Template("photos.cut_header", "{file} ends inside its header: the file is cut off, copy it again.")
CUT_OFF = Template("photos.cut_off", "{file} is cut off: its end is missing. Copy it again or take another.")
DAMAGED_INSIDE = Template("photos.damaged_inside", "{file} is damaged inside: copy it again or take another.")
DAMAGED_INSIDE_HOW = Template(
    "photos.damaged_inside_how", "{file} is damaged inside ({fault}): copy it again or take another."
)
TOO_MANY_PIXELS = Template(
    "photos.too_many_pixels",
    "{file} has {n:number0} million pixels, more than the {limit} million we decode: set the camera to a smaller size.",
)
TOO_MUCH_MEMORY = Template(
    "photos.too_much_memory",
    "{file} needs {n:number0} MB of memory, more than the {limit} MB we use: "
    "save it with 8 bits a channel and without transparency, or smaller.",
)
TOO_SMALL = Template(
    "photos.too_small",
    "{file} is {width} x {height} pixels: too small to measure, at least {side} x {side} are needed.",
)
TOO_FEW_BYTES = Template(
    "photos.too_few_bytes", "{file} is damaged: it is too small a file for {width} x {height} pixels."
)
NO_FILE = Template("photos.no_file", "{file} is {what}: name a photograph.")
FOLDER = Template("photos.folder", "a folder")
DEVICE = Template("photos.device", "no file but a device or a pipe")
TOO_LARGE = Template("photos.too_large", "{file} is a file of {n:number0} MB: too large for a photograph.")

# How a header contradicts itself.
TOO_MANY_PASSES = Template("photos.too_many_passes", "it is written in more than {limit} passes")
TOO_MANY_PARTS = Template("photos.too_many_parts", "it has more than {limit} parts")
WRONG_CHECKSUM = Template("photos.wrong_checksum", "the checksum of its part {part} is wrong")
PAGES_WITHOUT_SIZE = Template("photos.pages_without_size", "no page in it has a size")
PAGE_OUTSIDE = Template("photos.page_outside", "its first page lies outside the file")

# Kinds that can't be measured, to follow "<file> is", each with its remedy.
HEIC = Template("photos.heic", "a HEIC photograph")
AVIF = Template("photos.avif", "an AVIF picture")
RAW = Template("photos.raw", "a raw file of a camera")
DNG = Template("photos.dng", "a raw file (DNG) of a camera")
JPEG_XL = Template("photos.jpeg_xl", "a JPEG XL picture")
JPEG_2000 = Template("photos.jpeg_2000", "a JPEG 2000 picture")
VIDEO = Template("photos.video", "a video")
SIDECAR = Template("photos.sidecar", "a note that a Mac left beside a file")
GIF = Template("photos.gif", "a GIF")
PHOTOSHOP = Template("photos.photoshop", "a Photoshop file")
PDF = Template("photos.pdf", "a PDF")
OPEN_EXR = Template("photos.open_exr", "an OpenEXR picture")
RADIANCE = Template("photos.radiance", "a Radiance HDR picture")
ANIMATION = Template("photos.animation", "an animation")
DEEP_TIFF = Template("photos.deep_tiff", "a TIFF of {bits} bits a channel or of fractions")
SET_JPEG = Template(
    "photos.set_jpeg", "save it as JPEG, or set the camera to JPEG (on an iPhone: Formats, Most Compatible)"
)
SAVE_JPEG = Template("photos.save_jpeg", "save it as JPEG")
DEVELOP = Template("photos.develop", "develop it to a JPEG or TIFF and measure that")
SAVE_STILL = Template("photos.save_still", "save a still of it as JPEG")
WITHOUT_DOT = Template("photos.without_dot", "the photograph is the file without ._")
SAVE_PICTURE = Template("photos.save_picture", "save the picture to be measured as JPEG or PNG")
EXPORT_JPEG = Template("photos.export_jpeg", "export it as JPEG")
SAVE_PAGE = Template("photos.save_page", "save the picture in it as JPEG")
SAVE_TIFF_16 = Template("photos.save_tiff_16", "save it as TIFF with 16 bits")
SAVE_8_OR_16 = Template("photos.save_8_or_16", "save it with 8 or 16 bits")

# Why nothing in a photograph can be measured.
TOO_DARK = Template("photos.too_dark", "too dark: even the brightest parts reach only {share} % of full brightness")
OVEREXPOSED = Template("photos.overexposed", "over-exposed: {share:number0} % of the picture is burnt out")
ONE_SHADE = Template("photos.one_shade", "the picture shows one flat shade: is the lens covered or fogged?")
NOTHING_APART = Template("photos.nothing_apart", "too dark: nothing can be told apart")


UNUSUAL_DARK = Template(
    "photos.unusual_dark",
    "the picture is {share:number0} % as bright as its place was before: look at the lamp, and what stands before it",
)
UNUSUAL_BRIGHT = Template(
    "photos.unusual_bright",
    "the picture is {share:number0} % as bright as its place was before: look at the lamp and the sun",
)
