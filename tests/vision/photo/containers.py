"""Write pictures in containers that OpenCV does not write: EXIF in PNG and WebP, TIFF pages with any tag."""

import struct
import zlib

import cv2
import numpy as np

STORED = {
    1: lambda seen: seen,
    2: lambda seen: seen[:, ::-1],
    3: lambda seen: seen[::-1, ::-1],
    4: lambda seen: seen[::-1],
    5: lambda seen: seen.transpose(1, 0, 2),
    6: lambda seen: np.rot90(seen, 1),
    7: lambda seen: seen[::-1, ::-1].transpose(1, 0, 2),
    8: lambda seen: np.rot90(seen, -1),
}
"""How a picture is stored that is to be seen upright with this EXIF orientation (EXIF 2.3, tag 0x0112)."""


def exif(orientation, order="<"):
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(order + "IHHHIHHI", 8, 1, 0x112, 3, 1, orientation, 0, 0)


def encoded(ending, picture, *flags):
    return cv2.imencode(ending, np.ascontiguousarray(picture), list(flags))[1].tobytes()


def jpeg(picture, *blocks):
    """A JPEG with EXIF blocks in this order."""
    plain = encoded(".jpg", picture, cv2.IMWRITE_JPEG_QUALITY, 98)
    app1 = b"".join(b"\xff\xe1" + struct.pack(">H", len(b) + 8) + b"Exif\0\0" + b for b in blocks)
    return plain[:2] + app1 + plain[2:]


def png(picture, *chunks):
    """A PNG with more chunks, (kind, body) each, before its data."""
    plain = encoded(".png", picture)
    return plain[:33] + b"".join(png_chunk(*chunk) for chunk in chunks) + plain[33:]


def png_chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def raw_profile(block):
    """EXIF as ImageMagick writes it into a PNG's text."""
    text = f"\nexif\n{len(block) + 6:8d}\n{(b'Exif' + bytes(2) + block).hex()}\n"
    return b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(text.encode())


def webp(picture, block, flags=0x08):
    """A WebP with EXIF behind the picture."""
    height, width = picture.shape[:2]
    inner = encoded(".webp", picture, cv2.IMWRITE_WEBP_QUALITY, 101)[12:]
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    parts = b"VP8X" + struct.pack("<I", 10) + bytes([flags, 0, 0, 0]) + size + inner
    parts += b"EXIF" + struct.pack("<I", len(block)) + block + bytes(len(block) % 2)
    return b"RIFF" + struct.pack("<I", len(parts) + 4) + b"WEBP" + parts


def tiff(*pages, tags=(), big=False):
    """An uncompressed TIFF of RGB pages (height x width x 3, uint8 or uint16); `tags` are put into the last page."""
    wide = "Q" if big else "I"
    data = b"II+\0" + struct.pack("<HHQ", 8, 0, 0) if big else b"II*\0" + bytes(4)
    pointer = len(data) - struct.calcsize(wide)
    for number, page in enumerate(pages):
        height, width = page.shape[:2]
        strip = np.ascontiguousarray(page[..., ::-1]).tobytes()
        bits = 8 * page.dtype.itemsize
        at = len(data)
        data += struct.pack("<HHH", bits, bits, bits) + strip
        entries = {0x100: (4, width), 0x101: (4, height), 0x102: (3, at), 0x103: (3, 1), 0x106: (3, 2)}
        entries |= {0x111: (4, at + 6), 0x115: (3, 3), 0x116: (4, height), 0x117: (4, len(strip)), 0x11C: (3, 1)}
        if number == len(pages) - 1:
            entries |= {tag: (kind, value) for tag, kind, value in tags}
        data += bytes(len(data) % 2)
        data = data[:pointer] + struct.pack("<" + wide, len(data)) + data[pointer + struct.calcsize(wide) :]
        data += struct.pack("<Q" if big else "<H", len(entries))
        for tag in sorted(entries):
            kind, value = entries[tag]
            inline = tag == 0x102 and big
            field = struct.pack("<HHHH", bits, bits, bits, 0) if inline else struct.pack("<" + wide, value)
            count = 3 if tag == 0x102 else 1
            data += struct.pack("<HH" + wide, tag, kind, count) + field
        pointer = len(data)
        data += bytes(struct.calcsize(wide))
    return data


def box(kind, body):
    return struct.pack(">I", len(body) + 8) + kind + body


HEIC = box(b"ftyp", b"heic" + bytes(4) + b"mif1heic") + bytes(400)
VIDEO = box(b"ftyp", b"mp42" + bytes(4) + b"isommp42") + bytes(range(256)) * 9 + b"\xff\xd9"
APPLE_DOUBLE = b"\0\5\26\7\0\2\0\0Mac OS X        " + bytes(64)
