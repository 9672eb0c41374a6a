"""A copy of the test roads that a test may change."""

import shutil
from dataclasses import replace
from pathlib import Path

from geodata.road_dataset import RoadDataset, make_current, roads_dir


def copied(dataset: RoadDataset, data_dir: Path) -> RoadDataset:
    """The dataset copied into another data folder and put in force there."""
    folder = roads_dir(data_dir) / dataset.id
    shutil.copytree(dataset.folder, folder)
    copy = replace(dataset, folder=folder)
    make_current(copy)
    return copy
