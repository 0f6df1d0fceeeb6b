"""Write a CMYK JPEG, as printers and some phones' editors leave them; OpenCV reads them but writes none.

A baseline JPEG (ITU T.81) of four components in which each block of 8 x 8 pixels has one shade: only DC values are
coded, with a Huffman table of their twelve sizes, each 4 bits long.
"""

import struct

import numpy as np

QUANTUM = 8


def cmyk_jpeg(bgr):
    """Return the picture (height and width multiples of 8) as CMYK with Adobe's marker, inverted as Adobe does."""
    blocks = bgr.reshape(bgr.shape[0] // 8, 8, bgr.shape[1] // 8, 8, 3).mean(axis=(1, 3)).astype(int)
    blue, green, red = blocks[..., 0], blocks[..., 1], blocks[..., 2]
    planes = [red, green, blue, np.full_like(red, 255)]
    height, width = bgr.shape[:2]
    frame = struct.pack(">BHHB", 8, height, width, 4) + b"".join(bytes([n, 0x11, 0]) for n in range(1, 5))
    table = bytes([0, 0, 0, 12, *[0] * 12]) + bytes(range(12))
    ends = bytes([1, *[0] * 15, 0])
    scan = bytes([4]) + b"".join(bytes([n, 0]) for n in range(1, 5)) + bytes([0, 63, 0])
    return b"".join(
        [
            b"\xff\xd8",
            _segment(0xEE, b"Adobe\0\x64\0\0\0\0\0"),
            _segment(0xDB, bytes([0]) + bytes([QUANTUM] * 64)),
            _segment(0xC0, frame),
            _segment(0xC4, b"\x00" + table + b"\x10" + ends),
            _segment(0xDA, scan),
            _coded(planes),
            b"\xff\xd9",
        ]
    )


def _segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def _coded(planes):
    bits, before = [], [0] * 4
    for place in np.ndindex(planes[0].shape):
        for number, plane in enumerate(planes):
            shade = round((int(plane[place]) - 128) * 8 / QUANTUM)
            step, before[number] = shade - before[number], shade
            size = abs(step).bit_length()
            bits.append(f"{size:04b}")
            if size:
                bits.append(f"{step if step > 0 else step + (1 << size) - 1:0{size}b}")
            bits.append("0")
    row = "".join(bits)
    row += "1" * (-len(row) % 8)
    return int(row, 2).to_bytes(len(row) // 8, "big").replace(b"\xff", b"\xff\x00")
