"""The book, without Sphinx and browser: which figures scroll, and what is said of them."""

import io
import json
import re

import build_site
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from book_figures import alt_text, in_html
from build_chapters import CHAPTERS
from PIL import Image

import slicekit
from slicekit.describe import describe


@pytest.fixture
def volume():
    """A volume in which every slice looks different, and none like its mirror image."""
    rows, columns = np.mgrid[:30, :20]
    return np.stack([(rows * columns + 40 * plane) % 256 for plane in range(5)]).astype(np.uint8)


def held(fragment):
    """Return the pictures and the words in a figure that scrolls."""
    data = re.search(r"<script type=\"application/json\">(.*?)</script>", fragment, flags=re.S)
    found = json.loads(data[1])
    urls = [picture.partition(",")[2] for picture in found["pictures"]]
    files = [io.BytesIO(build_site.base64.b64decode(url)) for url in urls]
    return [np.asarray(Image.open(file).convert("L"), float) for file in files], found["words"]


def drawn(fig):
    """Return what Matplotlib draws, in full."""
    fig.canvas.draw()
    picture = Image.fromarray(np.asarray(fig.canvas.buffer_rgba())).convert("RGB")
    return np.asarray(picture.convert("L"), float)


def viewers_of_all_kinds(volume):
    yield slicekit.multi_slice_viewer(volume).axes[0]
    yield slicekit.SliceViewer(volume)
    yield slicekit.view(volume, overlay=volume > 200, title="slice {index}", colorbar=True)
    yield slicekit.view([volume, volume[:, ::-1]], titles=["one", "other"], clim="slice")


def show(viewer, index):
    viewer.index = index
    if hasattr(viewer, "volume") and hasattr(viewer, "images"):
        viewer.images[0].set_array(viewer.volume[index])


@pytest.mark.parametrize("kind", range(4))
def test_picture_i_is_what_matplotlib_draws_for_slice_i(volume, kind):
    viewer = list(viewers_of_all_kinds(volume))[kind]
    fig = viewer.figure if hasattr(viewer, "images") else viewer.fig
    pictures, words = held(in_html(fig))
    assert len(pictures) == len(words) == len(set(words)) == 5
    for index, picture in enumerate(pictures):
        show(viewer, index)
        distances = [np.abs(picture - other).mean() for other in (drawn(fig), drawn(fig)[:, ::-1])]
        assert distances[0] < 2 < distances[1]  # what WebP leaves out is less than what a flip does


@pytest.mark.parametrize("kind", range(4))
def test_a_figure_is_afterwards_as_it_was(volume, kind):
    viewer = list(viewers_of_all_kinds(volume))[kind]
    fig = viewer.figure if hasattr(viewer, "images") else viewer.fig
    slicekit.press(fig, "k")
    before = describe(fig), viewer.index, fig.canvas, fig.dpi, drawn(fig).tolist()
    assert in_html(fig)
    assert (describe(fig), viewer.index, fig.canvas, fig.dpi, drawn(fig).tolist()) == before
    slicekit.press(fig, "k")
    assert viewer.index == before[1] + 1


def test_it_starts_with_the_slice_on_show(volume):
    fragment = in_html(slicekit.SliceViewer(volume, index=3).fig)
    assert 'max="4" value="3"' in fragment


def test_a_figure_that_is_no_viewer_does_not_scroll(volume):
    fig, ax = plt.subplots()
    ax.imshow(volume[0])
    assert in_html(fig) is None
    fig.canvas.mpl_connect("key_press_event", lambda event: None)
    assert in_html(fig) is None


def test_a_viewer_that_was_closed_does_not_scroll(volume):
    viewer = slicekit.SliceViewer(volume)
    viewer.close()
    assert in_html(viewer.fig) is None


def test_two_viewers_in_a_figure_do_not_scroll(volume):
    axes = plt.subplots(1, 2)[1]
    viewers = [slicekit.SliceViewer(volume, ax=ax) for ax in axes]
    assert in_html(viewers[0].fig) is None


def test_where_k_does_something_else_as_well_nothing_scrolls(volume):
    fig = slicekit.multi_slice_viewer(volume)
    assert in_html(fig)
    plt.rcdefaults()
    assert in_html(fig) is None


def test_words_for_who_does_not_see_a_figure(volume):
    fig, axes = plt.subplots(1, 2)
    axes[0].imshow(volume[0], cmap="gray")
    axes[0].set_title("it's a slice")
    axes[1].semilogx([1, 10])
    said = alt_text(describe(fig))
    slice_said = "it's a slice, image of 30 by 20 pixels, gray from 0 to 255"
    assert said == f"2 panels: {slice_said}; logarithmic x axis, a line"
    assert "it's" not in alt_text(describe(fig), titles=False)


def test_every_stored_figure_has_words_of_a_sensible_length():
    for path in CHAPTERS.glob("*.ipynb"):
        for cell in nbformat.read(path, 4).cells:
            for output in cell.get("outputs", []):
                if "image/png" in output.get("data", {}):
                    said = alt_text(output.data["text/plain"])
                    assert 5 < len(said) < 400, (path.name, said)
                    assert "digest" not in said, (path.name, said)


def test_the_api_page_has_every_public_name_once():
    named = re.findall(r"^\.\. auto\w+:: (\w+)$", build_site.api(), flags=re.M)
    assert sorted(named) == sorted(slicekit.__all__)


def test_every_chapter_is_in_the_contents_in_order(tmp_path):
    (tmp_path / "chapters").mkdir()
    for name in ("08_c", "01_a", "11_d", "07_b"):
        (tmp_path / "chapters" / f"{name}.ipynb").touch()
    found = re.findall(r"caption: (.*)|chapters/(\w+)", build_site.contents(tmp_path))
    order = [caption or name for caption, name in found]
    assert order[:6] == ["The tutorial", "01_a", "07_b", "Going further", "08_c", "11_d"]


def test_nothing_but_a_book_is_built_over(tmp_path):
    build_site.check_folder(tmp_path / "new")
    build_site.check_folder(tmp_path)
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(SystemExit, match="holds something else than a book"):
        build_site.check_folder(tmp_path)
    (tmp_path / "searchindex.js").touch()
    build_site.check_folder(tmp_path)


def test_a_chapter_that_says_something_new_stops_the_build(tmp_path, monkeypatch):
    path = tmp_path / "12_new.ipynb"
    cell = nbformat.v4.new_code_cell("print(1)")
    cell.outputs = [nbformat.v4.new_output("stream", text="1\n")]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    fresh = nbformat.from_dict(cell)
    monkeypatch.setattr(build_site, "run_again", lambda notebook, env: [fresh])
    assert build_site.chapter(path, {}).cells[0].outputs == cell.outputs
    fresh.outputs[0].text = "2\n"
    with pytest.raises(SystemExit, match=r"12_new.ipynb, cell 1 says something new; build"):
        build_site.chapter(path, {})
