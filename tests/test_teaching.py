"""The teacher's pages: plans add up, every chapter has goals and a checkpoint, cards are right."""

import os
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import jupytext
import nbformat
import pytest
from build_chapters import CHAPTERS, ROOT, read
from nbclient import NotebookClient

import slicekit
from slicekit.__main__ import _parser
from slicekit.held import keys_of_held
from slicekit.panels import View

TEXTS = {text.stem[:2]: text for text in sorted(CHAPTERS.glob("[0-9][0-9]_*.md"))}
MINUTES = {number: jupytext.read(text).metadata["minutes"] for number, text in TEXTS.items()}


def sections(page):
    """Return the parts of a page by their headings."""
    _, *parts = re.split(r"^## (.*)$", (ROOT / "docs" / page).read_text(), flags=re.M)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def rows(section):
    """Return the rows of a section's tables, without their heads."""
    lines = [line for line in section.splitlines() if line.startswith("|")]
    heads = {n + k for n, line in enumerate(lines) if set(line) <= set("|-") for k in (-1, 0)}
    bodies = [line for n, line in enumerate(lines) if n not in heads]
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in bodies]


TEACHING = sections("teaching.md")


def number_of(cell):
    """Return the number of the chapter that a cell links to, or None."""
    link = re.search(r"\[(\d\d)[^]]*\]\(\.\./chapters/(.*?)\.ipynb\)", cell)
    if link is None or "[" not in cell[:2]:
        return None
    assert link[2] == TEXTS[link[1]].stem
    return link[1]


# ---- goals and plans


def test_every_chapter_has_goals_and_its_own_minutes():
    goals = rows(TEACHING["Goals"])
    stated = {number_of(chapter): int(minutes) for chapter, minutes, _ in goals}
    assert stated == MINUTES
    assert all(text.count(";") >= 2 for _, _, text in goals)


@pytest.mark.parametrize("plan", ["Three hours", "A full day"])
def test_the_clock_times_of_a_plan_add_up(plan):
    lines = rows(TEACHING[plan])
    times = [datetime.strptime(start, "%H:%M") for start, _, _ in lines]
    for start, (_, minutes, what), after in zip(times, lines[:-1], times[1:], strict=False):
        assert start + timedelta(minutes=int(minutes)) == after, what
    assert lines[-1][1:] == ["", "end"]


def planned(plan):
    """Return the minutes of a plan's chapters, those of the rest, and the whole."""
    lines = [(number_of(what), int(minutes)) for _, minutes, what in rows(TEACHING[plan])[:-1]]
    chapters = {number: minutes for number, minutes in lines if number}
    assert len(chapters) == sum(number is not None for number, _ in lines)
    return chapters, sum(minutes for _, minutes in lines)


def test_three_hours_hold_the_tutorial_and_breaks():
    chapters, whole = planned("Three hours")
    assert chapters == {number: MINUTES[number] for number in MINUTES if number < "07"}
    assert sum(chapters.values()) <= 150
    assert whole <= 180
    assert sum(what == "break" for *_, what in rows(TEACHING["Three hours"])) >= 2


def test_a_full_day_holds_all_chapters_and_ends_in_time():
    chapters, whole = planned("A full day")
    assert chapters == MINUTES
    assert list(chapters) == sorted(chapters)
    assert whole <= 8 * 60
    work = [0]
    for _, minutes, what in rows(TEACHING["A full day"])[:-1]:
        work = [*work, 0] if what in {"break", "lunch"} else [*work[:-1], work[-1] + int(minutes)]
    assert max(work) <= 120, work  # nobody sits longer than two hours


# ---- falling behind


def test_the_checkpoint_of_every_chapter_is_on_its_page():
    checkpoints = {row[0]: row for row in rows(TEACHING["Checkpoints"])}
    assert list(checkpoints) == list(TEXTS)
    for number, (_, _, words) in checkpoints.items():
        stored = nbformat.read(TEXTS[number].with_suffix(".ipynb"), as_version=4)
        outputs = [out for cell in stored.cells for out in cell.get("outputs", [])]
        said = [o.get("text") or o["data"]["text/plain"] for o in outputs]
        (expected,) = re.findall("`(.*?)`", words)
        times = sum(text.count(expected) for text in said)
        assert times == 2 if words.endswith("twice") else times >= 1, number


LEFT_OUT = {
    row[0]: re.findall(r"\*(.+?)\*", row[1]) for row in rows(TEACHING["When time runs short"])
}
LEFT_OUT["02"].remove("The short way")


def without(notebook, titles):
    """Take sections out of a notebook."""
    kept, inside, found = [], False, set()
    for cell in notebook.cells:
        heading = re.match("## (.*)", cell.source) if cell.cell_type == "markdown" else None
        if heading:
            inside = heading[1] in titles
            found |= {heading[1]} & set(titles)
        if not inside:
            kept.append(cell)
    assert found == set(titles), "no such section"
    notebook.cells = kept
    return notebook


@pytest.mark.parametrize("number", TEXTS)
def test_a_chapter_runs_alone_and_without_what_may_be_left_out(number, tmp_path):
    """In a new kernel, an empty folder and an empty cache: nothing earlier is needed."""
    for program in CHAPTERS.glob("*.py"):
        shutil.copy(program, tmp_path)
    notebook = without(read(TEXTS[number]), LEFT_OUT[number])
    env = {**os.environ, "SLICEKIT_DATA_DIR": str(tmp_path / "cache")}
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    client.execute(env=env)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.get("name") != "stderr", output


def test_the_teachers_words_for_faults_are_those_that_appear(tmp_path):
    """The rest of the table is tried in tests/frontends/test_room.py."""
    from slicekit import checkup, data, download, notebook, transfer

    room = TEACHING["What goes wrong in the room, and its cure"]
    modules = (checkup, data, download, notebook, transfer)
    sources = [Path(module.__file__).read_text() for module in modules]
    for words in (
        "no connection (offline, or a firewall between)",
        "the server sent a web page instead (perhaps a network's login page)",
        "cannot write to the cache",
        "set SLICEKIT_DATA_DIR to a folder of your own",
        "Click the picture, then press keys",
        "Figures will not be live, ipympl fails:",
        "keys are lost (ipympl#575)",
    ):
        assert words in room
        assert any(words in source for source in sources), words
    assert f"the server was silent for {transfer.TIMEOUT:g} seconds" in room
    assert "Figures can be live here." in TEACHING["Before"]
    page = tmp_path / "attention.zip"
    page.write_text("<!DOCTYPE html>")
    with pytest.raises(ValueError, match="the server sent a web page instead"):
        data.check(page)


# ---- the key card

CARD = sections("key_card.md")
NAMES = {
    "full stop": ".",
    "comma": ",",
    "→": "right",
    "←": "left",
    "↑": "up",
    "↓": "down",
    "Page Up": "pageup",
    "Page Down": "pagedown",
    "Ctrl+wheel up": "ctrl+wheel up",
    "Ctrl+wheel down": "ctrl+wheel down",
}


def key_names(cell):
    return [NAMES.get(key, key.lower()) for key in cell.split(", ")]


(KEYS,) = (rows(text) for title, text in CARD.items() if "first six rows" in title)
*OF_ACTIONS, OF_HELD_AXES = KEYS


def test_the_key_card_has_all_keys_and_no_others():
    card = [(action.strip("`"), key_names(keys)) for keys, _, action in OF_ACTIONS]
    assert all(len(keys) == len(set(keys)) for _, keys in card)
    single = [row for row in card if row[0] != "crosshair"]
    planes = [row for row in card if row[0] != "axis"]
    viewers = (slicekit.SliceViewer, card[:6]), (View, single), (slicekit.OrthoViewer, planes)
    for viewer, known in viewers:
        assert {name: set(keys) for name, keys in known} == {
            name: set(keys) for name, keys in viewer.KEYS.items()
        }
        assert len(known) == len(viewer.KEYS)


def test_the_key_card_has_the_keys_of_held_axes():
    keys, _, actions = OF_HELD_AXES
    assert keys == "T, Shift and T"
    letters = ("t", "T")
    chosen = dict(zip(re.findall("`(.+?)`", actions), ({key} for key in letters), strict=True))
    assert chosen == keys_of_held(["t"], View.KEYS)


def test_the_key_card_has_the_articles_keys(array):
    fig = slicekit.multi_slice_viewer(array)
    text = (ROOT / "docs" / "key_card.md").read_text()
    (line,) = (line for line in text.splitlines() if line.startswith("The article's viewer"))
    assert line.endswith("round at the ends.")
    assert re.findall(r"\*\*(\w)\*\* (\w+) slice", line) == [("J", "previous"), ("K", "next")]
    for key, index, after in (("j", 0, 3), ("k", 3, 0), ("k", 0, 1)):
        fig.axes[0].index = index
        slicekit.press(fig, key)
        assert fig.axes[0].index == after


DOES = {
    "brighter": lambda before, now: now[1] < before[1],
    "darker": lambda before, now: now[1] > before[1],
    "less contrast": lambda before, now: now[1] - now[0] > before[1] - before[0],
    "more contrast": lambda before, now: now[1] - now[0] < before[1] - before[0],
}


def test_the_key_card_says_what_the_keys_do(array):
    viewer = slicekit.view(array, overlay=array > 50)
    for keys, does, _ in OF_ACTIONS[6:]:
        for key in key_names(keys):
            before = viewer.im.get_clim()
            slicekit.press(viewer.fig, key)
            if does in DOES:
                assert DOES[does](before, viewer.im.get_clim()), (key, does)
                viewer.reset_contrast()
    steps = {"next slice": 1, "previous slice": -1, "ten slices on (`step=`)": 10}
    steps["ten slices back"] = -10
    viewer = slicekit.view(array.repeat(10, axis=0))
    for keys, does, _ in OF_ACTIONS[:6]:
        for key in key_names(keys):
            viewer.index = 20
            if "wheel" not in key:
                slicekit.press(viewer.fig, key)
                ends = {"first slice": 0, "last slice": 39}
                assert viewer.index == ends.get(does, 20 + steps.get(does, 0)), key


def test_the_lines_of_the_key_card_work(array):
    lines = [re.findall("`(.+?)`", line)[0] for line, _ in rows(CARD["Five lines"])]
    assert len(lines) == 5
    for line in lines:
        if line.startswith("python -m slicekit"):
            _parser().parse_args(line.split()[3:])
        elif not line.startswith("%"):
            names = locals() | {"slicekit": slicekit, "volume": array}
            exec(line, names)
            viewer = names.get("viewer")


# ---- the glossary

GLOSSARY = rows((ROOT / "docs" / "glossary.md").read_text())


def words_of(path):
    """Return the text of a page without its front matter, on one line."""
    text = re.sub(r"\A---\n.*?\n---\n", "", path.read_text(), flags=re.S)
    return " ".join(text.split())


CHAPTERS_SAY = {text: words_of(text) for text in TEXTS.values()}


def test_the_glossary_is_in_alphabetical_order():
    words = [row[0].casefold() for row in GLOSSARY]
    assert words == sorted(set(words))


@pytest.mark.parametrize("word", [row[0] for row in GLOSSARY])
def test_a_word_of_the_glossary_comes_up_first_where_it_says(word):
    """In that chapter and in no earlier one; or in no chapter, and on that page."""
    ((_, meaning, where),) = (row for row in GLOSSARY if row[0] == word)
    assert 1 <= len(re.findall(r"[.?](?= |$)", meaning)) <= 3
    (target,) = re.findall(r"\]\((.*?)\)", where)
    page = (ROOT / "docs" / target).resolve().with_suffix(".md")
    name = re.escape(word.split(" (")[0])
    pattern = re.compile(rf"(?<![\w-]){name}(?:e?s)?(?![\w-])", re.I)
    saying = [text for text, words in CHAPTERS_SAY.items() if pattern.search(words)]
    assert (saying or [page])[0] == page, (word, saying)
    assert pattern.search(words_of(page))
