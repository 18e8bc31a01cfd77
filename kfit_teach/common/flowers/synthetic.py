"""A drawn stand-in for the Flowers-17 photos: 17 kinds of flower, 80 pictures of each.

The real photos cannot always be fetched, and a lesson on training should run all the same; so the
same 1360 numbers, the same classes and the same near-duplicates are drawn here from a seed. The
pictures are neither trivial nor noise: pose, colour, light and clutter vary within every class.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image, ImageDraw, ImageFilter

from kfit_teach.common.flowers.manifest import IMAGES_PER_CLASS, NUMBER_OF_IMAGES
from kfit_teach.common.flowers.recipes import PAINTS, PLAIN, RECIPES, SHAPES, Recipe
from kfit_teach.common.words import say

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Pose:
    """Where a flower is: its middle and size as parts of the picture's side, angles in radians.

    ``tilt`` is how much of its height is left to see (1: from the front), ``lean`` its slant.
    """

    x: float
    y: float
    size: float
    tilt: float = 1.0
    lean: float = 0.0

    def place(self, points: ArrayLike) -> np.ndarray:
        """Carry points (..., 2) of the flower, whose radius is 1, into the picture."""
        cosine, sine = np.cos(self.lean), np.sin(self.lean)
        turn = ((cosine, sine), (-sine * self.tilt, cosine * self.tilt))
        return np.asarray(points) @ (np.array(turn) * self.size) + (self.x, self.y)

    def part(self, point: tuple[float, float], size: float, lean: float) -> "Pose":
        """The pose of a part of this flower that hangs at ``point``."""
        x, y = self.place(point)
        return Pose(x, y, self.size * size, 1.0, self.lean + lean)


class Easel:
    """A square RGB canvas with its brushes, the light on it, and the dice that vary the picture."""

    def __init__(self, canvas: Image.Image, dice: np.random.Generator) -> None:
        self.side = canvas.width
        self.brush = ImageDraw.Draw(canvas)
        self.dice = dice
        self.light = dice.uniform(0, 2 * np.pi)
        self.dim = 1.0

    def paint(self, name: str, shade: float = 1.0) -> Colour:
        """The RGB of a paint, made lighter or darker."""
        return tuple(min(255, int(value * shade * self.dim)) for value in PAINTS[name])

    def fill(self, points: np.ndarray, colour: Colour) -> None:
        """Fill the outline ``points`` (n, 2), given in parts of the picture's side."""
        self.brush.polygon((points * self.side).ravel().tolist(), fill=colour)

    def line(self, points: np.ndarray, colour: Colour, width: float) -> None:
        """Draw a line through ``points`` (n, 2); the width too is a part of the side."""
        pixels = max(1, round(width * self.side))
        self.brush.line((points * self.side).ravel().tolist(), colour, pixels, joint="curve")

    def disc(self, pose: Pose, radius: float, colour: Colour, at: ArrayLike = (0, 0),
             rough: float = 0.0) -> None:  # fmt: skip
        """Fill a disc of a flower, with an edge that wavers by the part ``rough`` of the radius."""
        angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        reach = radius * (1 + rough * np.cos(angle * 6))
        circle = np.stack((reach * np.cos(angle), reach * np.sin(angle)), axis=1)
        self.fill(pose.place(circle + at), colour)


def petal(shape: str, length: float, width: float) -> np.ndarray:
    """Outline (32, 2) of a petal that grows up from (0, 0): right side, tip, left side."""
    half = np.array(SHAPES[shape]) * width / 2
    up = np.linspace(0, -length, len(half))
    right = np.stack((half, up), axis=1)
    corners = np.concatenate((right, right[::-1] * (-1, 1)))
    # Cutting every corner once makes a smooth edge of few numbers; it keeps the outline's order.
    after = np.roll(corners, -1, axis=0)
    cut = np.stack((0.75 * corners + 0.25 * after, 0.25 * corners + 0.75 * after), axis=1)
    return cut.reshape(-1, 2)


def fan(outline: np.ndarray, angles: ArrayLike, lengths: ArrayLike = 1.0) -> np.ndarray:
    """Copies (n, 32, 2) of an outline, turned about its base by each of ``angles`` (n,)."""
    cosine, sine = np.cos(angles), np.sin(angles)
    turns = np.array(((cosine, sine), (-sine, cosine))).transpose(2, 0, 1)
    return outline @ turns * np.reshape(lengths, (-1, 1, 1))


def paint_petals(easel: Easel, outlines: np.ndarray, colour: str, mark: tuple[str, str] = PLAIN,
                 contrast: float = 0.16) -> None:  # fmt: skip
    """Paint petals (n, 32, 2), back to front, each shaded by its direction to the light."""
    middles = outlines.mean(axis=1)
    away = middles - outlines[:, 0]
    shades = 1 - contrast * np.cos(np.arctan2(away[:, 1], away[:, 0]) - easel.light)
    shades += easel.dice.normal(0, contrast / 4, len(outlines))
    many = len(outlines) > 12
    for outline, middle, shade in zip(outlines, middles, shades, strict=True):
        easel.fill(outline, easel.paint(colour, shade * (1.0 if many else 0.80)))
        if not many:
            # A dark rim and a lighter heart keep petals of one colour apart.
            easel.fill(middle + 0.90 * (outline - middle), easel.paint(colour, shade * 0.95))
            easel.fill(middle + 0.55 * (outline - middle), easel.paint(colour, shade * 1.06))
            paint_mark(easel, outline, mark, shade)


def paint_mark(easel: Easel, outline: np.ndarray, mark: tuple[str, str], shade: float) -> None:
    """Paint what a petal bears on it: its base, a blotch, a vein, spots, chequers or a shine."""
    kind, colour = mark[0], easel.paint(mark[1], shade)
    half = len(outline) // 2
    right, left = outline[:half], outline[half:][::-1]
    thin = 0.06 * np.linalg.norm(right[-1] - right[0])
    if kind == "base":
        easel.fill(np.concatenate((outline[:7], outline[-8:])), colour)
    elif kind in ("blotch", "beard"):
        foot, reach = 0.5 * (outline[0] + outline[-1]), 0.62 if kind == "blotch" else 0.40
        easel.fill(foot + reach * (outline - foot), colour)
    elif kind == "vein":
        easel.line((0.5 * (right + left))[2:-4:3], colour, 0.5 * thin)
    elif kind == "shine":
        easel.fill(0.35 * outline + 0.65 * (0.7 * right[9] + 0.3 * left[9]), colour)
    elif kind == "spots":
        rows, parts = easel.dice.integers(3, 12, 7), easel.dice.uniform(0.2, 0.8, (7, 1))
        for x, y in right[rows] + parts * (left[rows] - right[rows]):
            easel.disc(Pose(x, y, thin), 0.62, colour)
    elif kind == "chequer":
        parts = np.linspace(0, 1, 6)[:, None, None]
        grid = right[1::2] + parts * (left[1::2] - right[1::2])
        for column in range(5):
            for row in range(column % 2, len(grid[0]) - 1, 2):
                cell = grid[column : column + 2, row : row + 2].reshape(4, 2)
                easel.fill(cell[[0, 1, 3, 2]], colour)


def paint_stem(easel: Easel, pose: Pose, recipe: Recipe) -> None:
    """Paint a stem from a flower down to the ground, out of the picture."""
    thickness, colour = recipe.stem
    foot = np.array((pose.x - 0.5 * np.sin(pose.lean) + easel.dice.normal(0, 0.06), 1.05))
    head, step = np.array((pose.x, pose.y)), np.linspace(0, 1, 6)[:, None]
    bow = np.array((easel.dice.normal(0, 0.04), 0)) * (step * (1 - step) * 4)
    easel.line(head + step * (foot - head) + bow, easel.paint(colour), thickness * pose.size)


def paint_open(easel: Easel, pose: Pose, recipe: Recipe, colour: str) -> None:
    """Paint a flower that faces us: rings of petals round a disc."""
    dice, count = easel.dice, easel.dice.integers(recipe.petals[0], recipe.petals[1] + 1)
    paint_stem(easel, pose, recipe)
    for reach in recipe.rings:
        ring = int(count * (0.4 + 0.6 * reach))
        angles = np.arange(ring) * 2 * np.pi / ring + dice.uniform(0, 6)
        angles += dice.normal(0, 0.25 / ring**0.5, ring)
        lengths = reach * dice.normal(1, 0.07, ring)
        petals = fan(petal(recipe.shape, 1.0, recipe.width), angles, lengths)
        paint_petals(easel, pose.place(petals), colour, recipe.mark)
    paint_centre(easel, pose, recipe)


def paint_centre(easel: Easel, pose: Pose, recipe: Recipe) -> None:
    """Paint the middle of a flower that faces us: disc and stamens, or trumpet, or long stamens."""
    (radius, name), dice = recipe.centre, easel.dice
    radius *= dice.uniform(0.85, 1.15)
    if recipe.view == "trumpet":
        mouth = (0.12 * np.cos(easel.light), 0.12 * np.sin(easel.light))
        name = "orange" if dice.random() < 0.4 else name
        easel.disc(pose, radius * 0.8, easel.paint(name, 0.72))
        easel.disc(pose, radius, easel.paint(name), mouth, 0.10)
        easel.disc(pose, radius * 0.62, easel.paint(name, 0.66), mouth)
        return
    easel.disc(pose, radius, easel.paint(name, 0.85))
    easel.disc(pose, radius * 0.6, easel.paint(name, 0.62 if name == "brown" else 1.1))
    if recipe.view == "lily":
        for angle in dice.uniform(0, 2 * np.pi, 6):
            tip = 0.55 * np.array((np.cos(angle), np.sin(angle)))
            easel.line(pose.place(((0, 0), tip)), easel.paint("pale green"), 0.008)
            easel.disc(pose, 0.06, easel.paint("rust", 0.7), tip)
    elif radius and recipe.view == "open" and recipe.petals[1] < 12:
        for angle in np.arange(14) * 0.45 + dice.uniform(0, 1):
            at = radius * dice.uniform(0.9, 1.5) * np.array((np.cos(angle), np.sin(angle)))
            easel.disc(pose, 0.05, easel.paint("deep yellow"), at)


def paint_face(easel: Easel, pose: Pose, recipe: Recipe, colour: str) -> None:
    """Paint a pansy: two petals up, two to the sides and one down, these three with a blotch."""
    pose = replace(pose, lean=easel.dice.normal(0, 0.3))
    upper = colour if easel.dice.random() < 0.5 else easel.dice.choice(recipe.colours)
    outline = petal(recipe.shape, 1.0, recipe.width * 0.8)
    paint_petals(easel, pose.place(fan(outline, (-0.5, 0.5))), upper)
    sides = fan(outline, (-1.65, 1.65), 0.92)
    lower = fan(petal(recipe.shape, 0.95, recipe.width), (np.pi,))
    blotch = PLAIN if colour == "maroon" else recipe.mark
    paint_petals(easel, pose.place(np.concatenate((sides, lower))), colour, blotch)
    easel.disc(pose, recipe.centre[0], easel.paint(recipe.centre[1]))


def paint_cup(easel: Easel, pose: Pose, recipe: Recipe, colour: str) -> None:
    """Paint a flower from the side, its petals up: a tulip's cup or a crocus' goblet."""
    dice, count = easel.dice, easel.dice.integers(recipe.petals[0], recipe.petals[1] + 1)
    base = pose.part((0, 0.8), 1.7, 0)
    paint_stem(easel, replace(base, size=pose.size), recipe)
    spread = dice.uniform(0.30, 0.75) if recipe.centre[0] else dice.uniform(0.16, 0.36)
    mark = recipe.mark if colour in ("lilac", "white") else PLAIN
    outline = petal(recipe.shape, 1.0, recipe.width)
    back = fan(outline, np.linspace(-spread, spread, count - 1) * 0.8, 0.97)
    paint_petals(easel, base.place(back), colour)
    if recipe.centre[0]:
        easel.line(base.place(((0, -0.2), (0.02, -0.9))), easel.paint("orange"), 0.025)
    nearest = 0.7 if recipe.centre[0] else 0.85
    front = fan(outline, (-spread, spread, dice.normal(0, 0.08)), (0.95, 0.95, nearest))
    paint_petals(easel, base.place(front), colour, mark)


def paint_flag(easel: Easel, pose: Pose, recipe: Recipe, colour: str) -> None:
    """Paint an iris: standards up, falls hanging down with a yellow beard."""
    dice = easel.dice
    paint_stem(easel, pose, recipe)
    outline = petal(recipe.shape, 1.0, recipe.width)
    falls = colour if dice.random() < 0.6 else dice.choice(recipe.colours)
    beard = ("beard", "orange" if falls == "yellow" else recipe.mark[1])
    spread = dice.uniform(1.9, 2.3)
    paint_petals(easel, pose.place(fan(outline, (-spread, spread))), falls, beard)
    up = np.array((-0.45, 0.45, 0.0)) * dice.uniform(0.8, 1.2)
    standards = fan(outline, up, (0.95, 0.95, 0.8))
    paint_petals(easel, pose.place(standards), colour, ("vein", "lilac"))
    nearest = fan(outline, (np.pi + dice.normal(0, 0.15),), 0.85)
    paint_petals(easel, pose.place(nearest), falls, beard)


def paint_hanging(easel: Easel, pose: Pose, recipe: Recipe, colour: str) -> None:
    """Paint one bell that hangs from the middle of ``pose`` and is as long as its size."""
    count, spread = recipe.petals[1], easel.dice.uniform(0.18, 0.5)
    if recipe.view == "spike" or recipe.shape == "lantern":
        spread = 0.22
    angles = np.pi + np.linspace(-spread, spread, count) if count > 1 else np.array((np.pi,))
    # The middle petal is the nearest one, so it is painted last.
    angles = angles[np.argsort(-np.abs(angles - np.pi), kind="stable")]
    bells = fan(petal(recipe.shape, 1.0, recipe.width), angles)
    paint_petals(easel, pose.place(bells), colour, recipe.mark, 0.10)
    if recipe.shape == "oval" and easel.dice.random() < 0.5:
        easel.disc(pose, 0.10, easel.paint("pale green"), (0, 0.78))
    easel.disc(pose, recipe.centre[0], easel.paint(recipe.centre[1]))


def paint_nod(easel: Easel, pose: Pose, recipe: Recipe, colour: str) -> None:
    """Paint one large bell that nods from the crook of its stem."""
    side = easel.dice.choice((-1.0, 1.0))
    across = (0.0, 0.10, 0.30, 0.48, 0.56, 0.62, 0.66, 0.66)
    down = (-0.55, -0.85, -0.98, -0.80, -0.40, 0.60, 1.60, 4.00)
    crook = np.stack((across, down), axis=1) * (side, 1)
    easel.line(pose.place(crook), easel.paint("green"), pose.size * 0.09)
    bell = pose.part((0, -0.55), 1.35, easel.dice.normal(0, 0.12))
    paint_hanging(easel, bell, recipe, colour)


def paint_spike(easel: Easel, pose: Pose, recipe: Recipe, colour: str) -> None:
    """Paint a bent stem with a row of small bells."""
    dice, bend = easel.dice, easel.dice.choice((-1, 1)) * easel.dice.uniform(0.2, 0.8)
    step = np.linspace(0, 1, 12)
    stem = np.stack((bend * step**2.5, 1.2 - 2.2 * step), axis=1)
    foot = np.array(((-0.1 * bend, 5.0),))
    easel.line(pose.place(np.concatenate((foot, stem))), easel.paint("pale green"), 0.018)
    places = np.linspace(0.30, 1.0, dice.integers(6, 10))
    for index, place in enumerate(places):
        point = (bend * place**2.5, 1.2 - 2.2 * place)
        one_sided = recipe.shape == "globe" and dice.random() < 0.7
        outward = np.sign(bend) if one_sided else (-1) ** index
        at = (point[0] + 0.22 * outward * (1.3 - place), point[1] + 0.06)
        easel.line(pose.place((point, at)), easel.paint("pale green"), 0.010)
        length = (0.36 if recipe.shape == "globe" else 0.62) * (1.25 - 0.45 * place)
        bell = pose.part(at, length, -outward * dice.uniform(0.05, 0.5) - 0.7 * pose.lean)
        paint_hanging(easel, bell, recipe, colour)


def paint_cluster(easel: Easel, pose: Pose, recipe: Recipe, colour: str) -> None:
    """Paint a cowslip: from the top of one stem, small flowers on pale green tubes."""
    dice = easel.dice
    top = pose.part((0, -0.5), 1.0, 0)
    paint_stem(easel, top, recipe)
    angles = np.linspace(-1.9, 1.9, dice.integers(5, 9)) + dice.choice((-0.4, 0, 0.4))
    for angle in dice.permutation(angles):
        reach = dice.uniform(0.75, 1.0)
        tube = top.place(fan(petal("tube", 0.75, 0.26), (angle,), reach))
        paint_petals(easel, tube, "pale green", contrast=0.1)
        at = (0.85 * reach * np.sin(angle), -0.85 * reach * np.cos(angle))
        head = replace(top.part(at, 0.31, angle), tilt=dice.uniform(0.5, 0.95))
        ring = fan(petal(recipe.shape, 1.0, recipe.width), np.arange(5) * 2 * np.pi / 5)
        paint_petals(easel, head.place(ring), colour, recipe.mark)


PAINTER_OF_VIEW = {
    "open": paint_open, "trumpet": paint_open, "lily": paint_open, "face": paint_face,
    "cup": paint_cup, "flag": paint_flag, "nod": paint_nod, "spike": paint_spike,
    "cluster": paint_cluster,
}  # fmt: skip


def paint_background(dice: np.random.Generator, side: int) -> Image.Image:
    """Paint what is out of focus: meadow, soil, sky or shade, with blobs of any colour."""
    grounds = ("green",) * 4 + ("deep green",) * 3 + ("grey green", "brown", "sky blue", "dark")
    first, second = dice.choice(grounds, 2)
    small = Image.new("RGB", (48, 48), PAINTS[first])
    brush = ImageDraw.Draw(small)
    shades = dice.uniform(0.5, 1.1, 26)
    blobs = dice.uniform((-6, -6, 3, 3), (48, 48, 22, 18), (26, 4))
    for index, (x, y, wide, high) in enumerate(blobs):
        name = (first, second, "green", "deep green")[index % 4]
        if index > 20 and dice.random() < 0.3:
            name, wide, high = dice.choice(tuple(PAINTS)), wide * 0.5, high * 0.6
        colour = tuple(int(min(255, value * shades[index])) for value in PAINTS[name])
        brush.ellipse((x, y, x + wide, y + high), fill=colour)
    small = small.filter(ImageFilter.GaussianBlur(dice.uniform(1.5, 4.0)))
    return small.resize((side, side), Image.Resampling.BICUBIC)


def paint_leaves(easel: Easel, recipe: Recipe) -> None:
    """Paint a few leaves, from the ground up, behind the flowers."""
    shape, width = recipe.leaf
    for _ in range(easel.dice.integers(1, 5)):
        x, y, size = easel.dice.uniform((-0.1, 0.8, 0.4), (1.1, 1.15, 0.95))
        pose = Pose(x, y, size, lean=easel.dice.normal(0, 0.4))
        outline = pose.place(petal(shape, 1.0, width * easel.dice.uniform(0.7, 1.2)))
        name = easel.dice.choice(("green", "green", "deep green", "grey green"))
        paint_petals(easel, outline[None], name, ("vein", "pale green"))


def paint_scene(easel: Easel, recipe: Recipe) -> None:
    """Paint leaves, then the flowers of one picture, the nearest one last."""
    dice = easel.dice
    paint_leaves(easel, recipe)
    if dice.random() < 0.2:
        stray = RECIPES[dice.integers(len(RECIPES))]
        corner = Pose(*dice.choice((-0.02, 1.02), 2), 0.20, dice.uniform(0.6, 1))
        PAINTER_OF_VIEW[stray.view](easel, corner, stray, dice.choice(stray.colours))
    colour, paint_flower = dice.choice(recipe.colours), PAINTER_OF_VIEW[recipe.view]
    count = dice.integers(recipe.heads[0], recipe.heads[1] + 1)
    for index in range(count):
        nearest = index == count - 1
        size = dice.uniform(*recipe.size) * (0.8 if count > 2 else 1.0) * (1.0 if nearest else 0.7)
        x, y = dice.normal(0.5, 0.06 if nearest else 0.30, 2)
        tilt, lean = 1.0, dice.normal(0, 0.15)
        if paint_flower is paint_open:
            # A flower that faces us may be seen at any slant; one on its stem stands upright.
            tilt, lean = dice.uniform(0.65, 1), dice.normal(0, 0.9)
        easel.dim = 1.0 if nearest else dice.uniform(0.7, 0.95)
        paint_flower(easel, Pose(x, y, size, tilt, lean), recipe, colour)


def develop(picture: Image.Image, dice: np.random.Generator, image_size: int) -> np.ndarray:
    """Give a picture its light, colour cast, haze and grain, as a camera would: floats 0..255."""
    picture = picture.filter(ImageFilter.GaussianBlur(picture.width * dice.uniform(0, 0.007)))
    values = np.asarray(picture, np.float32)
    across = np.linspace(-1, 1, image_size, dtype=np.float32)
    angle, warmth = dice.uniform(0, 2 * np.pi), dice.normal(0, 0.05)
    light = 1 + dice.uniform(0, 0.3) * np.add.outer(np.sin(angle) * across, np.cos(angle) * across)
    cast = np.array((1 + warmth, 1 + dice.normal(0, 0.02), 1 - warmth), np.float32)
    values = values * (light * dice.uniform(0.8, 1.15))[..., None] * cast
    values = values + dice.uniform(0, 0.12) * (128 - values)
    # The grain lies on a grid of its own, so that every size of the picture shows the same one.
    grain = Image.fromarray(dice.normal(0, dice.uniform(1, 6), (96, 96)).astype(np.float32))
    return values + np.asarray(grain.resize((image_size, image_size)))[..., None]


def draw_flower(
    number: int, image_size: int, seed: int = 17, twin_of: int | None = None
) -> np.ndarray:
    """Draw one picture of the set that the seed stands for; every size of it shows the same.

    A twin shows the flower of that other number once more, with a very slight change.

    >>> draw_flower(801, 64).shape
    (64, 64, 3)
    """
    shown = number if twin_of is None else twin_of
    check(image_size, number, shown)
    dice = np.random.default_rng((seed, shown))
    side = image_size * max(2, round(192 / image_size))
    canvas = paint_background(dice, side)
    paint_scene(Easel(canvas, dice), RECIPES[(shown - 1) // IMAGES_PER_CLASS])
    frame, brightness = (0, 0, side, side), 1.0
    if twin_of is not None:
        change = np.random.default_rng((seed, shown, number))
        left, top, right, bottom = change.uniform(0, 0.003 * side, 4)
        frame = (left, top, side - right, side - bottom)
        brightness = change.uniform(1.01, 1.03)
    picture = canvas.resize((image_size, image_size), Image.Resampling.BOX, frame)
    values = develop(picture, dice, image_size) * brightness
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def draw_flowers(
    image_size: int, twins: Mapping[int, int], seed: int = 17, advance: Callable | None = None
) -> np.ndarray:
    """Draw the whole set, uint8 of shape (1360, size, size, 3): number n at index n - 1.

    Twins tell of which number a number is the near-duplicate. The other may be a twin itself: then
    both show the flower at the end of the chain. ``advance`` is called with 1 after every picture.

    >>> draw_flowers(64, twins={42: 2, 2: 42})
    Traceback (most recent call last):
    ...
    ValueError: the twins of picture 2 go round in a circle
    """
    check(image_size, *twins, *twins.values())
    # All chains are followed before the first picture is drawn, so that a wrong one fails at once.
    originals = [original_of(number, twins) for number in range(1, NUMBER_OF_IMAGES + 1)]
    pictures = np.empty((NUMBER_OF_IMAGES, image_size, image_size, 3), np.uint8)
    for index, original in enumerate(originals):
        pictures[index] = draw_flower(index + 1, image_size, seed, original)
        if advance is not None:
            advance(1)
    return pictures


def check(image_size: int, *numbers: int) -> None:
    """Refuse, with a ValueError, a size or picture numbers that cannot be drawn."""
    if not 16 <= image_size <= 512:
        raise ValueError(say("a side of {size} pixels is not within 16 to 512", size=image_size))
    for number in numbers:
        if not 1 <= number <= NUMBER_OF_IMAGES:
            raise ValueError(say("there is no picture {picture}: they go from 1 to {last}",
                                 picture=number, last=NUMBER_OF_IMAGES))  # fmt: skip


def original_of(number: int, twins: Mapping[int, int]) -> int | None:
    """The number at the end of a chain of twins; None for a picture that is no twin."""
    original, steps = number, 0
    while original in twins:
        original, steps = twins[original], steps + 1
        if steps > len(twins):
            raise ValueError(say("the twins of picture {picture} go round in a circle",
                                 picture=number))  # fmt: skip
    return original if steps else None
