from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import mrcfile
import numpy as np
import pytest

from ais_jupyter.core.data.errors import FileWriteError, InputError
from ais_jupyter.core.files.mrc import read_mrc, write_mrc
from ais_jupyter.core.files.safe_write import replacing, write_text
from ais_jupyter.core.files.volume_writer import VolumeWriter

SHAPE = (4, 5, 6)


def test_replacing_is_all_or_nothing(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    write_text(target, "old")
    with pytest.raises(KeyboardInterrupt), replacing(target) as part:
        part.write_text("half")
        raise KeyboardInterrupt
    assert target.read_text() == "old"
    with replacing(target) as part:
        part.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "a.txt"
    link.symlink_to(tmp_path / "real" / "b.txt")
    write_text(link, "hello")
    assert link.is_symlink()
    assert (tmp_path / "real" / "b.txt").read_text() == "hello"


def test_errors_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileWriteError, match="does not exist"):
        write_text(tmp_path / "none" / "a.txt", "x")
    with pytest.raises(FileWriteError, match="there is a folder of that name"):
        write_text(tmp_path, "x")
    with pytest.raises(FileWriteError, match="does not exist"):
        write_mrc(tmp_path / "none" / "a.mrc", np.zeros(SHAPE), 1.0)
    with pytest.raises(FileWriteError, match="name is too long"):
        write_text(tmp_path / ("x" * 300), "x")


def test_a_reading_error_inside_is_not_blamed_on_the_target(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "a.txt"):
        open("/no/such/input")
    assert os.listdir(tmp_path) == []


def test_unwritable_folder(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    script = (
        "import os, sys, numpy as np\n"
        "from ais_jupyter.core.files.mrc import write_mrc\n"
        "from ais_jupyter.core.data.errors import FileWriteError\n"
        "import shutil, errno, ais_jupyter.core.files.volume_writer\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        "try: write_mrc(sys.argv[1], np.zeros((2, 3, 4), np.float32), 1.0)\n"
        "except FileWriteError as error: print(error)\n"
    )
    for parent in (*folder.parents, folder):
        if parent.stat().st_uid == os.geteuid() and parent != Path("/tmp"):
            parent.chmod(0o755)
    folder.chmod(0o555)
    out = subprocess.run(
        [sys.executable, "-c", script, str(folder / "a.mrc")], capture_output=True, text=True, check=False
    )
    folder.chmod(0o755)
    assert "no permission to write in the folder" in out.stdout, out.stderr
    assert os.listdir(folder) == []


def test_disk_full_leaves_nothing(tmp_path: Path) -> None:
    script = (
        "import resource, sys, numpy as np\n"
        "from ais_jupyter.core.files.volume_writer import VolumeWriter\n"
        "from ais_jupyter.core.files.safe_write import write_bytes\n"
        "from ais_jupyter.core.data.errors import FileWriteError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))\n"
        "for write in (lambda: VolumeWriter(sys.argv[1], (9, 64, 64), np.float32, 1.0).commit(),\n"
        "              lambda: write_bytes(sys.argv[1], bytes(50000))):\n"
        "    try: write()\n"
        "    except FileWriteError as error: print(error)\n"
    )
    target = tmp_path / "a.mrc"
    target.write_text("what was there before")
    out = subprocess.run([sys.executable, "-c", script, str(target)], capture_output=True, text=True, check=True)
    assert out.stdout.count("disk is full") == 2, out.stdout + out.stderr
    assert os.listdir(tmp_path) == ["a.mrc"]
    assert target.read_text() == "what was there before"


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting a tiny disk needs root")
def test_a_disk_that_fills_up_while_writing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("this machine does not allow mounting")
    try:
        writer = VolumeWriter(disk / "a.mrc", (10, 64, 64), np.float32, 1.0)  # 164 kB: there is room now
        (disk / "other").write_bytes(bytes(180_000))  # … and now there is not
        with pytest.raises(FileWriteError, match="disk is full"):
            for z in range(10):
                writer.write(z, np.ones((64, 64), np.float32))
        writer.abort()
        assert os.listdir(disk) == ["other"]
        with pytest.raises(FileWriteError, match="MB free"):
            VolumeWriter(disk / "b.mrc", (100, 64, 64), np.float32, 1.0)
        assert os.listdir(disk) == ["other"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_killed_while_writing(tmp_path: Path) -> None:
    script = (
        "import sys, time, numpy as np\n"
        "from ais_jupyter.core.files.volume_writer import VolumeWriter\n"
        "writer = VolumeWriter(sys.argv[1], (50, 64, 64), np.uint8, 1.0)\n"
        "for z in range(49): writer.write(z, np.full((64, 64), 7, np.uint8))\n"
        "print('written', flush=True); time.sleep(60)\n"
    )
    target = tmp_path / "t__Blob.mrc"
    process = subprocess.Popen([sys.executable, "-c", script, str(target)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not target.exists()
    (left,) = tmp_path.iterdir()
    assert not list(tmp_path.glob("*.mrc"))
    os.utime(left, (time.time() - 2 * 86400,) * 2)
    write_mrc(target, np.zeros(SHAPE, np.uint8), 1.0)  # the next writer clears what is a day old
    assert os.listdir(tmp_path) == ["t__Blob.mrc"]


def test_volume_in_any_order_with_zeros_between(tmp_path: Path) -> None:
    expected = np.zeros(SHAPE, np.uint8)
    expected[3], expected[0:2] = 255, 9
    with VolumeWriter(tmp_path / "a.mrc", SHAPE, np.uint8, (1.0, 2.0, 3.0), (4.0, 5.0, 6.0)) as writer:
        writer.write(3, np.full(SHAPE[1:], 1, np.uint8))
        writer.write(0, expected[0:2])
        writer.write(3, expected[3])
        assert not (tmp_path / "a.mrc").exists()
    assert mrcfile.validate(tmp_path / "a.mrc")
    with mrcfile.open(tmp_path / "a.mrc") as mrc:
        np.testing.assert_array_equal(mrc.data, expected)
        assert mrc.header.mode == 6
        assert mrc.header.rms == pytest.approx(expected.std(), rel=1e-5)
        assert mrc.header.dmean == pytest.approx(expected.mean(), rel=1e-5)
        assert (mrc.voxel_size.z, mrc.voxel_size.x, mrc.header.origin.z) == (1.0, 3.0, 4.0)


def test_origin_and_start_are_copied_from_the_input(tmp_path: Path) -> None:
    with mrcfile.new(tmp_path / "in.mrc") as mrc:
        mrc.set_data(np.ones(SHAPE, np.float32))
        mrc.voxel_size = 10.0
        mrc.nstart = (3, 2, 1)
    tomogram = read_mrc(tmp_path / "in.mrc")
    with VolumeWriter(tmp_path / "out.mrc", SHAPE, np.uint8, tomogram.voxel_size, like=tomogram):
        pass
    assert read_mrc(tmp_path / "out.mrc").origin == tomogram.origin == (10.0, 20.0, 30.0)


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not complex64"):
        VolumeWriter(tmp_path / "a.mrc", SHAPE, np.complex64, 1.0)
    with pytest.raises(InputError, match="three axes"):
        VolumeWriter(tmp_path / "a.mrc", (0, 5, 6), np.uint8, 1.0)
    writer = VolumeWriter(tmp_path / "a.mrc", SHAPE, np.uint8, 1.0)
    with pytest.raises(InputError, match="does not fit"):
        writer.write(4, np.zeros(SHAPE[1:], np.uint8))
    with pytest.raises(InputError, match="does not fit"):
        writer.write(0, np.zeros((6, 5), np.uint8))
    with pytest.raises(InputError, match="float64"):
        writer.write(0, np.zeros(SHAPE[1:]))
    writer.abort()
    assert os.listdir(tmp_path) == []


def test_many_threads_write_one_volume(tmp_path: Path) -> None:
    shape = (40, 32, 32)
    with VolumeWriter(tmp_path / "a.mrc", shape, np.int16, 1.0) as writer:
        threads = [
            threading.Thread(target=lambda z=z: writer.write(z, np.full(shape[1:], z, np.int16)))
            for z in range(shape[0])
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    whole = read_mrc(tmp_path / "a.mrc").slab(0, shape[0])
    np.testing.assert_array_equal(whole[:, 0, 0], np.arange(40))
    assert (whole == whole[:, :1, :1]).all()


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_file_that_is_replaced_keeps_its_mode(tmp_path, mode):
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(mode)
    with replacing(path) as part:
        assert part.stat().st_mode & 0o777 == mode  # not readable by others while it is written either
        part.write_text("new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", mode)
