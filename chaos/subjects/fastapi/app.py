"""The API of the seed with FastAPI: one task polls the source, requests are answered from memory.

Follows https://fastapi.tiangolo.com/advanced/events/ (lifespan) and
https://www.python-httpx.org/async/ (one client for all polls).
"""

import asyncio
import csv
import io
import os
import time
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, HTTPException, Response

UPSTREAM_URL = os.environ["UPSTREAM_URL"]
POLL_S = int(os.environ["POLL_MS"]) / 1000
TIMEOUT_S = int(os.environ["POLL_TIMEOUT_MS"]) / 1000


class Snapshot:
    def __init__(self, text: str, taken_ms: int):
        self.rows = {row["switch_id"]: row for row in csv.DictReader(io.StringIO(text))}
        self.taken_ms = taken_ms


snapshot: Snapshot | None = None
polls = 0
failures = 0


async def poll_for_ever() -> None:
    global snapshot, polls, failures
    async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
        while True:
            started_s = time.monotonic()
            polls += 1
            try:
                answer = await client.get(UPSTREAM_URL)
                answer.raise_for_status()
                snapshot = Snapshot(answer.text, int(answer.headers["x-snapshot-ts"]))
            except (httpx.HTTPError, LookupError, ValueError):
                failures += 1
            await asyncio.sleep(max(0, started_s + POLL_S - time.monotonic()))


@asynccontextmanager
async def lifespan(_: FastAPI):
    task = asyncio.create_task(poll_for_ever())
    yield
    task.cancel()


app = FastAPI(lifespan=lifespan)


def current(response: Response) -> Snapshot:
    if snapshot is None:
        raise HTTPException(503, "no data yet: the source has not answered")
    response.headers["x-data-age-ms"] = str(int(time.time() * 1000) - snapshot.taken_ms)
    return snapshot


@app.get("/telemetry/GetMetric")
async def get_metric(switch_id: str, metric: str, response: Response):
    row = current(response).rows.get(switch_id)
    if row is None or metric not in row:
        raise HTTPException(404, f"no {metric} of {switch_id}")
    return {"switch_id": switch_id, "metric": metric, "value": row[metric]}


@app.get("/telemetry/ListMetrics")
async def list_metrics(response: Response):
    return {"switches": list(current(response).rows.values())}


@app.get("/stats")
async def stats():
    return {"polls": polls, "failures": failures}
