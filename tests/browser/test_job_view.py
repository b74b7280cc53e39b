"""A job in a notebook: a bar that moves and can be stopped, and text where there are no widgets."""

from __future__ import annotations

from playwright.sync_api import expect

JOB = """
import time, ais_jupyter as ais
from ais_jupyter.core.data.progress import Progress
def counting(n, pause):
    for i in range(n):
        if (yield Progress(i / n, f"box {i}")):
            return i
        time.sleep(pause)
    return n
"""


def test_a_job_moves_in_the_output_ends_and_can_be_stopped(open_notebook):
    notebook = open_notebook(
        JOB, "job = ais.Job(counting(30, 0.1), 'counting')\njob", "long = ais.Job(counting(10**6, 0.05), 'long')\nlong"
    )
    notebook.run(0)
    notebook.run(1)
    bar = notebook.page.get_by_role("progressbar", name="counting")
    bar.wait_for()
    seen = {int(bar.get_attribute("aria-valuenow"))}
    while notebook.python("job.state") == "running":
        seen.add(int(bar.get_attribute("aria-valuenow")))
        notebook.page.wait_for_timeout(150)
    assert len(seen) > 4
    notebook.page.locator('.ais-job[data-state="done"]').wait_for()
    expect(notebook.page.get_by_role("progressbar", name="counting")).to_have_attribute("aria-valuenow", "100")
    notebook.run(2)
    notebook.page.get_by_role("button", name="Cancel long", exact=True).click()
    notebook.wait_python("long.state == 'cancelled'")
    notebook.page.locator('.ais-job[data-state="cancelled"]').wait_for()
    assert notebook.page.get_by_role("button", name="Cancel long", exact=True).count() == 0


def test_a_job_ends_as_text_in_a_converted_notebook(tmp_path):
    import nbformat
    from nbclient import NotebookClient

    cells = [JOB, "job = ais.Job(counting(5, 0.02), 'counting')\njob", "job.result()"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120).execute()
    (output,) = notebook.cells[1].outputs
    assert "counting: 100%" in output.data["text/plain"]
    assert "done" in output.data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in output.data


def test_a_followed_job_says_in_its_own_cell_how_it_ended():
    import nbformat
    from nbclient import NotebookClient

    cells = [JOB, "ais.Job(counting(5, 0.02), 'counting').follow();"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120).execute()
    (output,) = notebook.cells[1].outputs
    assert "done" in output.data["text/plain"]
