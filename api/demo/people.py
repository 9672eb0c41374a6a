"""Made-up Vietnamese people: names as they are given, phone numbers from a range no operator uses."""

import random

_FAMILY = (
    ("Nguyễn", 38), ("Trần", 12), ("Lê", 10), ("Phạm", 7), ("Huỳnh", 5), ("Phan", 5), ("Võ", 4), ("Đặng", 3),
    ("Bùi", 3), ("Đỗ", 2), ("Hồ", 2), ("Ngô", 2), ("Dương", 2), ("Lý", 1), ("Trương", 2), ("Lâm", 2),
)  # fmt: skip
_FEMALE_MIDDLE = ("Thị", "Thị Ngọc", "Thị Kim", "Ngọc", "Thị Thu", "Thị Mỹ", "Bích", "Thanh")
_MALE_MIDDLE = ("Văn", "Hữu", "Minh", "Quốc", "Thanh", "Đức", "Hoàng", "Công")
_FEMALE = (
    "Lan",
    "Hương",
    "Mai",
    "Ánh",
    "Yến",
    "Thảo",
    "Hằng",
    "Nga",
    "Trinh",
    "Diễm",
    "Loan",
    "Phượng",
    "Tuyết",
    "Vân",
)
_MALE = ("Hùng", "Dũng", "Tuấn", "Phúc", "Khánh", "Sơn", "Lộc", "Tài", "Bình", "Thành", "Long", "Đạt", "Trí", "Nghĩa")


def family_name(chance: random.Random) -> str:
    """A family name in about its share of the people."""
    names, weights = zip(*_FAMILY, strict=True)
    return str(chance.choices(names, weights)[0])


def person(chance: random.Random, family: str) -> str:
    """A full name of that family."""
    if chance.random() < 0.5:
        return f"{family} {chance.choice(_FEMALE_MIDDLE)} {chance.choice(_FEMALE)}"
    return f"{family} {chance.choice(_MALE_MIDDLE)} {chance.choice(_MALE)}"


def phone(chance: random.Random) -> str:
    """Ten digits beginning 0999."""
    return f"0999{chance.randrange(1_000_000):06d}"
