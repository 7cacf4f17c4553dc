"""The house style: the same picture on every machine."""

from pathlib import Path

import matplotlib
from matplotlib import font_manager, pyplot

from kgstats.present import style


def test_words_are_measured_in_a_font_that_comes_with_the_package():
    with style.house():
        drawn, axes = pyplot.subplots()
        words = axes.set_title("Tỷ lệ hộ nghèo")
        drawn.draw_without_rendering()
        pyplot.close(drawn)
        found = Path(font_manager.findfont(words.get_fontproperties()))
    assert found.is_relative_to(matplotlib.get_data_path())


def test_that_font_writes_vietnamese():
    letters = "ĂÂĐÊÔƠƯăâđêôơưẮẰẲẴẶỄỆỘỞỰỳỵỷỹ"
    font = font_manager.get_font(font_manager.findfont(style.MEASURED_IN))
    assert all(font.get_char_index(ord(letter)) for letter in letters)
