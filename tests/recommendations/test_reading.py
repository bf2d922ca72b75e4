"""Interactions and features out of files of several kinds, and what is said of bad ones."""

from pathlib import Path

import pytest

from recommendations.reading import BadFile, read_features, read_interactions

RECBOLE = "user_id:token\titem_id:token\trating:float\ttimestamp:float\n7\t20\t3\t50\n7\t3\t5\t60\n1\t20\t1\t70\n"
COMMAS = 'userId,movieId,rating,timestamp\n7,20,3,50\n7,"3",5,60\n1,20,1,70\n'
HEADER = "user,item,rating,timestamp\n"
BAD = {
    "no header": ("", "line 1: it has no header"),
    "no lines": (HEADER, "it has no interactions"),
    "no user": ("item,rating\n1,2\n", "line 1: one column must be called user; there are item, rating"),
    "two items": ("user,item,movie\n1,2,3\n", "line 1: one column must be called item"),
    "a short line": (HEADER + "1,2,3,4\n1,2,3\n", "line 3: 3 columns, where the header has 4"),
    "a rating": (HEADER + "1,2,good,4\n", "line 2, column rating: 'good' is not a number"),
    "a time": (HEADER + "1,2,3,4\n1,3,3,\n", "line 3, column timestamp: '' is empty"),
    "no number": (HEADER + "1,2,nan,4\n", "line 2, column rating: 'nan' is not a finite number"),
    "an empty user": (HEADER + ",2,3,4\n", "line 2, column user: '' is empty"),
    "an open quotation": (HEADER + '1,"2,3,4\n', "line 2: unexpected end of data"),
}


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.mark.parametrize("text", [RECBOLE, COMMAS, "\ufeff" + COMMAS], ids=["recbole", "commas", "mark"])
def test_interactions_are_read_in_the_order_of_their_names(text: str, tmp_path: Path) -> None:
    found, titles = read_interactions(written(tmp_path / "some.inter", text))
    assert titles == ["20", "3"]
    assert found.shape == (2, 2)
    assert found.profiles.tolist() == [0, 1, 1]
    assert found.titles.tolist() == [0, 0, 1]
    assert found.times.tolist() == [70, 50, 60]
    assert found.weights.tolist() == [1, 1, 1]


def test_a_pair_counts_once_with_its_newest_time(tmp_path: Path) -> None:
    found, _ = read_interactions(written(tmp_path / "f", HEADER + "1,2,3,50\n1,2,4,90\n1,2,4,70\n"))
    assert found.times.tolist() == [90]


def test_user_and_item_are_enough(tmp_path: Path) -> None:
    found, titles = read_interactions(written(tmp_path / "f", "user,item\nb,y\na,x\n\n"))
    assert titles == ["x", "y"]
    assert found.titles.tolist() == [0, 1]
    assert found.times.tolist() == [0, 0]


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_named_with_line_and_column(case: str, tmp_path: Path) -> None:
    text, said = BAD[case]
    path = written(tmp_path / "bad.csv", text)
    with pytest.raises(BadFile) as caught:
        read_interactions(path)
    assert str(caught.value).startswith(f"{path}")
    assert said in str(caught.value)


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"missing\.csv: No such file"):
        read_interactions(tmp_path / "missing.csv")
    (tmp_path / "binary.csv").write_bytes(b"user,item\n\xff\xfe,1\n")
    with pytest.raises(BadFile, match=r"binary\.csv: it is not UTF-8 text \(byte 10\)"):
        read_interactions(tmp_path / "binary.csv")


@pytest.mark.parametrize(
    "text",
    [
        "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq\n"
        "3\tHeat\t1995\tAction Crime\n9\tX\tV\tWar\n",
        "movieId,title,year,genres\n3,Heat,1995,Action|Crime\n9,X,V,War\n",
    ],
    ids=["recbole", "commas"],
)
def test_features_are_eras_years_and_what_else_there_is(text: str, tmp_path: Path) -> None:
    found = read_features(written(tmp_path / "f", text), ["20", "3", "9"])
    assert found.names == ["era:1990", "genre:Action", "genre:Crime", "genre:War", "year:1995"]
    assert found.matrix.toarray().tolist() == [[0, 0, 0, 0, 0], [1, 1, 1, 0, 1], [0, 0, 0, 1, 0]]


def test_features_of_titles_without_interactions_are_left_out(tmp_path: Path) -> None:
    found = read_features(written(tmp_path / "f", "item,genres\n4,Drama\n3,War\n"), ["3"])
    assert found.names == ["genre:War"]


def test_features_need_an_item(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="line 1: one column must be called item; there are id, genres"):
        read_features(written(tmp_path / "f", "id,genres\n4,Drama\n"), ["3"])
