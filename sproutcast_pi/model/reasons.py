"""Why a metric isn't told, to follow "not told:"; the screens say it in the owner's language."""

from __future__ import annotations

TOO_SMALL = "the plant is too small in the picture, move closer"
TOO_THIN = "the leaves are too thin in the picture, move closer"
CLOSE_UP = "a leaf close up has no stem"
FROM_ABOVE = "the leaves point every way, as seen from above"
HABIT_UNKNOWN = "the plant's habit isn't known before some pictures more"
COVERED = "the leaves cover each other"
BURNT_OUT = "the plant is burnt out, shorten the exposure"
PARTLY_BURNT_OUT = "the plant is partly burnt out, shorten the exposure"
NOT_GREEN = "the leaves aren't green in this light"
GREY = "the picture has no colours"
COLOURED_LIGHT = "the light lacks a colour, photograph under white light"
SURROUNDINGS_BURNT_OUT = "what is around the plant is burnt out, shorten the exposure"
SURROUNDINGS_BLACK = "what is around the plant is black, confirm a picture of the place or lay a colour card beside"
FILLED = "the plant fills the picture, confirm a picture of the place or lay a colour card beside"
NOTHING_TO_JUDGE = "what it is made of isn't told either"
