"""Route sheets (BD13 manifests) on paper and as files."""
