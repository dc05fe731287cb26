import pytest

krixik = pytest.importorskip("krixik", exc_type=ImportError).krixik


@pytest.mark.mockstatus(clock="virtual")
def test_a_job_of_ten_minutes_is_over_at_once(mockstatus, tmp_path):
    # The client itself gives up after ten minutes.
    mockstatus.use(mockstatus.scenario(service="krixik", modules={"default": {"for": "9m50s"}}))
    (tmp_path / "whale.txt").write_text("Call me Ishmael. Some years ago, never mind how long.")

    krixik.init(api_key="any", api_url=mockstatus.krixik.url)
    pipeline = krixik.create_pipeline(name="demo", module_chain=["parser"])
    output = pipeline.process(
        local_file_path=str(tmp_path / "whale.txt"), local_save_directory=str(tmp_path)
    )

    assert output["status_code"] == 200
    assert mockstatus.jobs[0].state == "complete"
