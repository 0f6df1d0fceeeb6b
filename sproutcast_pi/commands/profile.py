"""`sproutcast profile learn`: learn how plants look at one place, from photographs with confirmed masks where given."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import files
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.output_plan import OutputPlan
from sproutcast_pi.shown_name import shown_name


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("profile", help="learn how plants look at one place")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    learn = actions.add_parser("learn", help="learn a site profile from photographs of one place under one lamp")
    learn.add_argument("photos", nargs="+", type=Path, metavar="PHOTO", help="photographs of the place")
    learn.add_argument(
        "--masks", type=Path, metavar="DIR", help="confirmed masks, DIR/<stem>.png: 0 background, anything else plant"
    )
    learn.add_argument("out", type=Path, metavar="OUT", help="the profile to write")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Learn, write and print what was learned; SproutcastError when there is nothing to learn from."""
    from sproutcast_pi.vision.profile.profile import is_profile, save_profile
    from sproutcast_pi.vision.train_profile import mask_files, train_profile

    masks = [mask for photo in args.photos for mask in mask_files(photo, args.masks)]
    out = OutputPlan([*args.photos, *masks]).add(args.out, may_replace=is_profile)
    learned = train_profile(args.photos, args.masks)
    shown = shown_name(out)
    try:
        save_profile(learned.profile, out)
    except OSError as error:
        raise SproutcastError(files.NOT_WRITTEN(file=shown, reason=cause(error))) from error
    print(f"{shown}: learned from {learned.profile.frames} photographs, confidence {learned.profile.confidence:.2f}.")
    for note in learned.notes:
        print(f"  {note}")
    return 0
