from __future__ import annotations

import errno
import json
import os
import resource
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rateml.errors import StoreError
from rateml.results import Array, Axis, Layout, Lock, Store, create, open_results, open_store, plan_unit, run_folder
from rateml.results import store as store_module


def test_xarray_round_trip(tmp_path: Path, make_layout, make_block) -> None:
    layout = make_layout()
    store = create(tmp_path / "o.zarr", layout, {"dt": 0.1}, {"title": "é"})
    for unit in reversed(store.units()):
        store.write(unit.index, make_block(layout, unit))
    ds = open_results(tmp_path / "o.zarr")
    assert ds.raw.dims == ("G", "eta", "trial", "time", "variable", "region")
    assert ds.raw.dtype == np.float32
    assert ds.status.dtype == np.uint8
    number = np.arange(48).reshape(4, 6, 2)
    np.testing.assert_array_equal(ds.stats_mean.values[..., 1, 2], number + 0.005)
    assert (ds.status == 0).all()
    assert (ds.diverged_at == -1).all()
    assert ds.eta.attrs == {"units": "mV"}
    assert ds.time.attrs == {"units": "ms"}
    assert ds.raw.attrs["units"] == "mV"
    assert ds.region.dtype == "U5"
    assert ds.attrs["title"] == "é"
    assert ds.stats_mean.sel(region="höhle", variable="V", trial=1).shape == (4, 6)
    assert ds.G.values.tolist() == list(layout.axes[0].values)


def test_a_partial_store_opens_with_nan_and_255(filled: Store) -> None:
    ds = open_results(filled.path)
    assert ds.status.values.ravel()[-4:].tolist() == [255] * 4
    assert np.isnan(ds.raw.values[-1, -1]).all()
    assert ds.diverged_at.values.ravel()[-1] == -1
    assert np.isfinite(ds.raw.values[0]).all()


def test_a_single_run_has_no_simulation_dimension(tmp_path: Path, make_layout, make_block) -> None:
    layout = make_layout((), None, 1)
    store = create(tmp_path / "o.zarr", layout, {})
    store.write(0, make_block(layout, store.units()[0]))
    ds = open_results(tmp_path / "o.zarr")
    assert ds.raw.dims == ("time", "variable", "region")
    assert int(ds.status) == 0


def test_points_keep_their_parameters_as_coordinates_in_order(tmp_path: Path) -> None:
    coords = {"speed": ("point", (3.0, 1.0), {"units": "mm_per_ms"}), "G": ("point", (0.1, 0.2), {})}
    layout = Layout((Axis("point", (0, 1)),), None, (Array("m", ("region",), (2,)),), coords, 2)
    create(tmp_path / "o.zarr", layout, {})
    ds = open_results(tmp_path / "o.zarr")
    assert ds.speed.dims == ("point",)
    assert ds.speed.attrs == {"units": "mm_per_ms"}
    assert ds.point.dtype == np.int64
    assert [n for n in ds.coords if n != "point"] == ["speed", "G"]


def test_large_arrays_become_one_file_per_unit(tmp_path: Path) -> None:
    array = Array("raw", ("time", "region"), (20_001, 100), "float64")
    layout = Layout((Axis("G", tuple(map(float, range(10)))),), None, (array,), {}, 4)
    store = create(tmp_path / "o.zarr", layout, {})
    unit = store.units()[-1]
    values = np.zeros((2, 20_001, 100)) + np.arange(100) + np.arange(20_001)[:, None]
    store.write(
        unit.index,
        {
            "raw": values,
            "status": np.zeros(2),
            "diverged_at": np.full(2, -1),
            "diverged_region": np.full(2, -1),
            "diverged_state": np.full(2, -1),
        },
    )
    files = [f for f in (tmp_path / "o.zarr" / "raw").rglob("*") if f.is_file() and f.name != "zarr.json"]
    assert len(files) == 1
    np.testing.assert_array_equal(open_results(tmp_path / "o.zarr").raw.values[8:], values)


def test_done_survives_reopening(filled: Store) -> None:
    again = open_store(filled.path)
    assert again.done == filled.done == set(range(len(filled.units()) - 1))
    assert again.layout == filled.layout
    assert again.identity == {"dt": 0.1}
    manifest = json.loads((run_folder(filled.path) / "manifest.json").read_text())
    assert manifest["done"] == [[0, len(filled.units()) - 2]]


def test_every_written_file_and_folder_is_synced_before_it_is_recorded(
    filled: Store, make_block, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(os.readlink(f"/proc/self/fd/{fd}")), real(fd))[1])
    unit = filled.units()[-1]
    filled.write(unit.index, make_block(filled.layout, unit))
    recorded = next(i for i, name in enumerate(synced) if "manifest.json" in name)
    for name in ("status/c/3/2/0", "raw/c/3/2/0/0/0/0", "raw/c/3/2/0/0/0", "raw/c/3", "raw/c", "raw"):
        assert str(filled.path / name) in synced[:recorded], name
    assert synced[-1] == str(run_folder(filled.path))


def test_a_store_that_exists_is_never_overwritten(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"exists: continue it with --resume, or choose another -o"):
        create(filled.path, filled.layout, {})
    for make in (lambda p: p.mkdir(), lambda p: p.write_text("x")):
        path = tmp_path / f"other{len(list(tmp_path.iterdir()))}"
        make(path)
        with pytest.raises(StoreError, match=r"exists and is no rateml store: choose another -o"):
            create(path, filled.layout, {})
        with pytest.raises(StoreError, match="is no rateml store"):
            open_store(path)
        with pytest.raises(StoreError, match="is no rateml store"):
            open_results(path)
    with pytest.raises(StoreError, match="there is no store at"):
        open_results(tmp_path / "nothing")
    assert open_store(filled.path).done == filled.done


@pytest.mark.parametrize("content", [b"", b'{"format": 1, "sto', b"[]", b'{"format": 1}'])
def test_a_damaged_manifest_is_named(filled: Store, content: bytes) -> None:
    manifest = run_folder(filled.path) / "manifest.json"
    manifest.write_bytes(content)
    with pytest.raises(StoreError, match=r"manifest\.json is damaged"):
        open_store(filled.path)


def test_a_manifest_that_counts_units_that_do_not_exist_is_damaged(filled: Store) -> None:
    manifest = run_folder(filled.path) / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"units": 12', '"units": 3'))
    with pytest.raises(StoreError, match="damaged"):
        open_store(filled.path)


def test_a_manifest_of_another_store_is_refused(filled: Store, tmp_path: Path) -> None:
    create(tmp_path / "b.zarr", filled.layout, {})
    (run_folder(filled.path) / "manifest.json").write_bytes((tmp_path / "b.zarr.run" / "manifest.json").read_bytes())
    with pytest.raises(StoreError, match="belongs to another store"):
        open_store(filled.path)


def test_a_missing_manifest_and_a_damaged_layout_are_named(filled: Store) -> None:
    layout = run_folder(filled.path) / "layout.json"
    layout.write_text("{}")
    with pytest.raises(StoreError, match=r"layout\.json is missing or damaged"):
        open_store(filled.path)
    (run_folder(filled.path) / "manifest.json").unlink()
    with pytest.raises(StoreError, match=r"there is no .*manifest\.json"):
        open_store(filled.path)


def test_a_removed_store_can_be_made_again(filled: Store) -> None:
    filled.path.rename(filled.path.with_name("moved"))
    assert create(filled.path, filled.layout, {}).done == set()


def test_a_full_disk_loses_nothing(filled: Store, make_block, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    unit = filled.units()[-1]
    with monkeypatch.context() as patch:
        patch.setattr(store_module, "sync_file", full)
        with pytest.raises(StoreError, match=r"the disk is full; free some space and continue with --resume"):
            filled.write(unit.index, make_block(filled.layout, unit))
    before = set(range(unit.index))
    assert filled.done == open_store(filled.path).done == before
    filled.write(unit.index, make_block(filled.layout, unit))
    assert open_store(filled.path).done == before | {unit.index}


def test_a_real_limit_on_file_sizes_is_told_and_loses_nothing(tmp_path: Path) -> None:
    array = Array("raw", ("time",), (100_000,), "float64")
    layout = Layout((Axis("G", (0.0, 1.0)),), None, (array,), {}, 1)
    store = create(tmp_path / "o.zarr", layout, {})
    noise = np.random.default_rng(0).normal(size=(1, 100_000))
    block = {
        "raw": noise,
        "status": np.zeros(1),
        "diverged_at": np.full(1, -1),
        "diverged_region": np.full(1, -1),
        "diverged_state": np.full(1, -1),
    }
    store.write(0, block)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        with pytest.raises(StoreError, match="limit on file sizes"):
            store.write(1, block)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    ds = open_results(store.path)
    assert open_store(store.path).done == {0}
    assert ds.status.values.tolist() == [0, 255]
    np.testing.assert_array_equal(ds.raw.values[0], noise[0])


def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, make_layout: Callable[..., Layout], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="choose another place with -o"):
        create(tmp_path / "file" / "o.zarr", make_layout(), {})

    def read_only(*args: object, **kwargs: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", read_only)
    with pytest.raises(StoreError, match="the file system is read-only"):
        create(tmp_path / "o.zarr", make_layout(), {})


def test_creation_leaves_nothing_when_it_fails(
    tmp_path: Path, make_layout: Callable[..., Layout], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store_module, "write_manifest", full)
    with pytest.raises(StoreError, match="disk is full"):
        create(tmp_path / "o.zarr", make_layout(), {})
    assert not (tmp_path / "o.zarr").exists()
    assert [p.name for p in (tmp_path / "o.zarr.run").iterdir()] == ["layout.json"]


def test_wrong_arrays_are_refused_before_anything_is_written(filled: Store, make_block) -> None:
    unit = filled.units()[-1]
    block = make_block(filled.layout, unit)
    for wrong in ({k: v for k, v in block.items() if k != "fc"}, {**block, "fc": block["fc"][:1]}):
        with pytest.raises(ValueError, match=f"unit {unit.index} needs"):
            filled.write(unit.index, wrong)
    assert (open_results(filled.path).status.values[-1, -1] == 255).all()


def test_a_lost_lock_stops_writing(tmp_path: Path, make_layout, make_block) -> None:
    layout = make_layout()
    with Lock(run_folder(tmp_path / "o.zarr")) as lock:
        store = create(tmp_path / "o.zarr", layout, {}, lock=lock)
        store.write(0, make_block(layout, store.units()[0]))
        lock.path.unlink()
        with pytest.raises(StoreError, match="was taken by"):
            store.write(1, make_block(layout, store.units()[1]))
    assert open_store(store.path).done == {0}


def test_resuming_with_the_lock_removes_half_written_files(filled: Store) -> None:
    remains = filled.path / "raw" / "c" / "0" / "x.abc.partial"
    remains.write_bytes(b"half")
    with Lock(run_folder(filled.path)) as lock:
        open_store(filled.path, lock)
    assert not remains.exists()


def test_a_planned_unit_fits_a_layout(make_layout: Callable[..., Layout]) -> None:
    assert make_layout(unit=int(np.prod(plan_unit((4, 6, 2), 1_000, 5)))).block == (1, 2, 2)
