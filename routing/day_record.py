"""What one day of one province taught, kept as compressed arrays: seconds on road segments, and visits as they were."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geodata.learned_service import SeenVisit
from geodata.learned_speeds import packed, unpacked
from geodata.segment_table import SegmentTable
from geodata.track_times import SegmentTimes, joined


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class DayRecord:
    """Segments by their nodes, so that a record outlives the road data it was made with."""

    content: bytes

    @classmethod
    def of(cls, times: SegmentTimes, table: SegmentTable | None, visits: Sequence[SeenVisit]) -> "DayRecord":
        """Pack; without road data there are only visits."""
        start = table.start[times.row] if table else np.empty(0, dtype=np.int64)
        end = table.end[times.row] if table else np.empty(0, dtype=np.int64)
        return cls(
            content=packed(
                start=start,
                end=end,
                band=times.band.astype(np.int8),
                observed_s=times.observed_s.astype(np.float32),
                expected_s=times.expected_s.astype(np.float32),
                commune=np.array([visit.commune_code for visit in visits], dtype="U8"),
                error_m=np.array([visit.error_m for visit in visits], dtype=np.int32),
                standard_s=np.array([visit.standard_s for visit in visits], dtype=np.float32),
                seen_s=np.array([visit.seen_s for visit in visits], dtype=np.float32),
            )
        )

    def times(self, table: SegmentTable, *, weight: float) -> SegmentTimes:
        """Seconds on the segments that today's road data still has, times `weight`."""
        columns = unpacked(self.content)
        row = table.find(columns["start"].astype(np.int64), columns["end"].astype(np.int64))
        known = row >= 0
        return SegmentTimes(
            row=row[known],
            band=columns["band"].astype(np.int64)[known],
            observed_s=columns["observed_s"].astype(np.float64)[known] * weight,
            expected_s=columns["expected_s"].astype(np.float64)[known] * weight,
        )

    def visits(self) -> list[SeenVisit]:
        """The day's visits."""
        columns = unpacked(self.content)
        return [
            SeenVisit(commune_code=str(code), error_m=int(error_m), standard_s=float(standard_s), seen_s=float(seen_s))
            for code, error_m, standard_s, seen_s in zip(
                columns["commune"].tolist(),
                columns["error_m"].tolist(),
                columns["standard_s"].tolist(),
                columns["seen_s"].tolist(),
                strict=True,
            )
        ]


NO_TIMES = joined([])
