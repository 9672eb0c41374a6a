"""Where: communes and their changes, addresses, doors, roads, travel times, basemap."""
