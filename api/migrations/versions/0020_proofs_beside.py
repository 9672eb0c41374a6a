"""Proofs beside each other: by courier and time, and by photo. Large tables are indexed while the office works."""

from api.migrations.online import build_index

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_HAPPENED = (
    "LEAST((occurred_at AT TIME ZONE 'UTC') - make_interval(secs => COALESCE(clock_offset_s, 0)),"
    " recorded_at AT TIME ZONE 'UTC')"
)
_PHOTOS = "jsonb_path_query_array(files, '$[*]?(@.kind == \"photo\").sha256')"


def upgrade() -> None:
    """The courier's nearest proofs in time, and the proofs that show a photo."""
    build_index("ix_proofs_happened", "proofs", f"(province_code, courier_id, ({_HAPPENED}))")
    build_index("ix_proofs_photos", "proofs", f"USING gin (({_PHOTOS})) WITH (fastupdate = off)")
