import matplotlib as mpl
import matplotlib.pyplot as plt

from slicekit import remove_keymap_conflicts


def test_the_keys_are_gone_from_every_keymap():
    remove_keymap_conflicts({"k", "left", "s"})
    keymaps = [keys for name, keys in plt.rcParams.items() if name.startswith("keymap.")]
    assert not any({"k", "left", "s"} & set(keys) for keys in keymaps)


def test_the_other_keys_stay():
    before = {name: list(keys) for name, keys in plt.rcParams.items() if name.startswith("keymap.")}
    remove_keymap_conflicts({"j", "k"})
    for name, keys in before.items():
        assert plt.rcParams[name] == [key for key in keys if key not in {"j", "k"}]


def test_twice_is_harmless():
    remove_keymap_conflicts({"j", "k"})
    remove_keymap_conflicts({"j", "k"})
    assert plt.rcParams["keymap.xscale"] == ["L"]


def test_rc_context_and_rcdefaults_bring_the_keys_back():
    with plt.rc_context():
        remove_keymap_conflicts({"k"})
    assert "k" in plt.rcParams["keymap.xscale"]
    remove_keymap_conflicts({"k"})
    assert "k" in mpl.rcParamsDefault["keymap.xscale"]
    plt.rcdefaults()
    assert "k" in plt.rcParams["keymap.xscale"]


def test_a_list_or_a_generator_of_keys_will_do():
    remove_keymap_conflicts(key for key in ["k", "l"])
    assert plt.rcParams["keymap.xscale"] == ["L"]
    assert plt.rcParams["keymap.yscale"] == []
