"""How plants look at this place, learned from photographs."""

from __future__ import annotations

from sproutcast_pi.messages.message import Plural, Template

BRIGHTER_LIGHT = Template(
    "recognition.brighter_light", "Take a photo in brighter, white light, and confirm its outlines."
)
CONFIRMED_INDISTINCT = Template(
    "recognition.confirmed_indistinct", "The confirmed plants can't be told apart from their surroundings by colour."
)
LEARNED_CONFIRMED = Plural(
    "recognition.learned_confirmed",
    "Learned from {n:number0} photo you confirmed.",
    "Learned from {n:number0} photos you confirmed.",
)
LOOKS_CONFIRMED = Plural(
    "recognition.looks_confirmed",
    "Plant recognition was learned from {n:number0} photo you confirmed, confidence {confidence:percent0}.",
    "Plant recognition was learned from {n:number0} photos you confirmed, confidence {confidence:percent0}.",
)
INDISTINCT = Template("recognition.indistinct", "The plants can't be told apart from their surroundings yet.")
LEARNED_ALONE = Template("recognition.learned_alone", "Learned from its own photos; not confirmed yet.")
CHECK_OUTLINES = Template(
    "recognition.check_outlines", "Look at the newest photo and confirm whether its outlines are right."
)
LOOKS_ALONE = Template(
    "recognition.looks_alone",
    "Plant recognition was learned from {n:number0} photos, confidence {confidence:percent0}.",
)
MISFIT_PHOTOS = Template("recognition.misfit_photos", "{n:number0} photos in a row looked different.")
MISFIT_ADVICE = Template(
    "recognition.misfit_advice",
    "Was the lamp or the camera changed? Look at the newest photo and confirm whether its outlines "
    "are right, or start learning over in the camera's settings.",
)
MISFIT = Template(
    "recognition.misfit", "The photos look different from what was learned; measuring continues without it."
)
MISFIT_TITLE = Template("recognition.misfit_title", "The scene looks different")
OUTLINES_WRONG = Template("recognition.outlines_wrong", "Its outlines were marked as wrong.")

# Learning a profile.
NOTHING_TO_LEARN = Template(
    "profile.nothing_to_learn",
    "Nothing to learn from: every photo is dark, without a plant, or nothing but plant.",
)
NOTHING_CLEAR = Template(
    "profile.nothing_clear", "Nothing to learn from: no photo has a confirmed outline, and none is clear without one."
)
INDISTINCT_COLOURS = Template(
    "profile.indistinct_colours",
    "The plants can't be told from this place by their colours without a confirmed outline: confirm one photo.",
)
BAD_MASK = Template(
    "profile.bad_mask", "{file} can't be read as a mask: it must be a PNG, 0 background, anything else plant."
)
OTHER_VERSION = Template(
    "profile.other_version",
    "{file} is a site profile of version {version}, this program reads {wanted}: learn it again.",
)
NOT_A_PROFILE = Template("profile.not_a_profile", "{file} is not a site profile, or it is damaged: learn it again.")
