"""What a citizen reads: one sentence and a link. Dossier codes, no names, no addresses of citizens."""

from datetime import date, datetime

from core.clock import VIETNAM
from core.text import grouped, without_marks
from tracking.invitations import INVITATIONS_NEEDED
from tracking.model import Item, Status
from tracking.notifications.rules import is_fetched
from tracking.notifications.values import Facts, Kind, Language, Words
from tracking.privacy import mask_name

_SHORT: dict[Language, dict[str, str]] = {
    "vi": {
        Kind.READY: "Kết quả hồ sơ {dossiers} đã đến bưu điện, sẽ phát tận nhà.",
        Kind.COMING: "Bưu tá đến {when} phát kết quả hồ sơ {dossiers}.{money} Mang giấy tờ tùy thân.",
        "fetching": "Bưu tá đến {when} nhận hồ sơ {dossiers} tại nhà.{money} Chuẩn bị sẵn hồ sơ.",
        Kind.FAILED: "Chưa phát được hồ sơ {dossiers}. {next}",
        Kind.DELIVERED: "Đã phát kết quả hồ sơ {dossiers} lúc {at}.",
        Kind.CORRECTED: "Đính chính: kết quả hồ sơ {dossiers} chưa được giao. {next}",
        Kind.COLLECTED: "Bưu tá đã nhận hồ sơ {dossiers} lúc {at} để nộp cho cơ quan.",
        Kind.INVITED: "Mời đến {office} nhận kết quả hồ sơ {dossiers}. Mang giấy tờ tùy thân. {next}",
        "invited_again": "Mời lần nữa: đến {office} nhận kết quả hồ sơ {dossiers}. Mang giấy tờ tùy thân. {next}",
        "not_collected": "Chưa nhận được hồ sơ {dossiers} tại nhà. {next}",
        "form": "Bưu điện: {text} {track} Dừng tin: {stop}",
        "today": "hôm nay {day}",
        "window": "{first}-{last} hôm nay",
        "more": "{code} và {count} hồ sơ khác",
        "money": " Thu {vnd}đ.",
    },
    "en": {
        Kind.READY: "The result of dossier {dossiers} is at the post and will be brought to you.",
        Kind.COMING: "The courier comes {when} with the result of dossier {dossiers}.{money} Have your ID ready.",
        "fetching": "The courier comes {when} to fetch dossier {dossiers}.{money} Have it ready.",
        Kind.FAILED: "Dossier {dossiers} could not be delivered. {next}",
        Kind.DELIVERED: "The result of dossier {dossiers} was delivered at {at}.",
        Kind.CORRECTED: "Correction: the result of dossier {dossiers} has not been delivered. {next}",
        Kind.COLLECTED: "The courier took dossier {dossiers} at {at} to hand it in to the agency.",
        Kind.INVITED: "Please collect the result of dossier {dossiers} at {office}. Bring your ID. {next}",
        "invited_again": "Reminder: collect the result of dossier {dossiers} at {office}. Bring your ID. {next}",
        "not_collected": "Dossier {dossiers} could not be collected. {next}",
        "form": "Post: {text} {track} Stop: {stop}",
        "today": "today {day}",
        "window": "{first}-{last} today",
        "more": "{code} and {count} more",
        "money": " To pay: {vnd} VND.",
    },
}
_NEXT: dict[Language, dict[str, str]] = {
    "vi": {
        "day": "Phát lại ngày {day}.",
        "soon": "Bưu tá sẽ phát lại.",
        "collect day": "Bưu tá đến lại ngày {day}.",
        "collect soon": "Bưu tá sẽ đến lại.",
        "held": "Đang giữ tại {office}, mời đến nhận.",
        "forwarded": "Đang chuyển đến bưu cục khác.",
        "address": "Bưu cục đang kiểm tra địa chỉ.",
        "returning": "Đang chuyển trả cơ quan cấp.",
        "come": "Xin đến chậm nhất ngày {day}.",
        "go_back": "Sau ngày {day} có thể chuyển trả cơ quan cấp.",
        "lost": "Giấy tờ bị thất lạc, bưu cục đang tìm.",
        "open": "Bưu cục sẽ báo bước tiếp theo.",
    },
    "en": {
        "day": "It comes again on {day}.",
        "soon": "The courier will come again.",
        "collect day": "The courier comes again on {day}.",
        "collect soon": "The courier will come again.",
        "held": "It is held for you at {office}.",
        "forwarded": "It goes to another post office.",
        "address": "The office is checking the address.",
        "returning": "It goes back to the agency.",
        "come": "Please come by {day}.",
        "go_back": "After {day} it may go back to the agency.",
        "lost": "It is missing; the office is searching for it.",
        "open": "The office will tell the next step.",
    },
}
_LETTER: dict[Language, dict[str, str]] = {
    "vi": {
        Kind.READY: "Kết quả hồ sơ đã đến bưu điện",
        Kind.COMING: "Bưu tá đến hôm nay",
        "fetching": "Bưu tá đến nhận hồ sơ hôm nay",
        Kind.FAILED: "Chưa phát được kết quả hồ sơ",
        Kind.DELIVERED: "Đã phát kết quả hồ sơ",
        Kind.CORRECTED: "Đính chính: kết quả hồ sơ chưa được giao",
        Kind.COLLECTED: "Bưu tá đã nhận hồ sơ",
        Kind.INVITED: "Mời đến bưu cục nhận kết quả hồ sơ",
        "invited_again": "Mời lần nữa đến bưu cục nhận kết quả hồ sơ",
        "not_collected": "Chưa nhận được hồ sơ tại nhà",
        "hello": "Kính gửi {name},",
        "track": "Theo dõi: {track}",
        "stop": "Không muốn nhận tin nữa: {stop}",
        "held": "Nơi giữ: {office}",
    },
    "en": {
        Kind.READY: "Your result is at the post",
        Kind.COMING: "The courier comes today",
        "fetching": "The courier comes for your dossier today",
        Kind.FAILED: "Your result could not be delivered",
        Kind.DELIVERED: "Your result was delivered",
        Kind.CORRECTED: "Correction: your result has not been delivered",
        Kind.COLLECTED: "The courier has your dossier",
        Kind.INVITED: "Please collect your result at the office",
        "invited_again": "Reminder: collect your result at the office",
        "not_collected": "Your dossier could not be collected",
        "hello": "Dear {name},",
        "track": "Follow it: {track}",
        "stop": "No more messages: {stop}",
        "held": "Held at: {office}",
    },
}
_STEP = {
    Status.HELD: "held",
    Status.FORWARDED: "forwarded",
    Status.ACCEPTED: "address",
    Status.RETURNING: "returning",
    Status.LOST: "lost",
    Status.ATTEMPT_FAILED: "open",
}

# What a kind is worded as of a dossier that is fetched.
_OF_FETCHED = {Kind.COMING: "fetching", Kind.FAILED: "not_collected"}
# These tell what is next.
_STEPS_ON = frozenset({Kind.FAILED, Kind.CORRECTED, Kind.INVITED})


def words_of(facts: Facts, language: Language, *, accents: bool = True) -> Words:
    """The message in one language; `accents` False takes the marks off the short form (and off nothing else)."""
    words = _SHORT[language]
    fields = _fields(facts, language)
    name = _name(facts)
    sentence = words[name].format(**fields)
    links = {"track": facts.track_url, "stop": facts.stop_url}
    short = words["form"].format(text=sentence, **links)
    subject = _LETTER[language][name]
    return Words(
        subject=f"{subject}: {fields['dossiers']}",
        short=short if accents else without_marks(short),
        long=_letter(facts, language, sentence),
        fields=fields | links | {"text": short if accents else without_marks(short)},
    )


def _name(facts: Facts) -> str:
    item = facts.told[0].item
    if facts.kind is Kind.INVITED and item.invitations > 1:
        return "invited_again"
    return _OF_FETCHED.get(facts.kind, facts.kind) if is_fetched(item) else facts.kind


def _fields(facts: Facts, language: Language) -> dict[str, str]:
    words, first = _SHORT[language], facts.told[0]
    codes = [code for one in facts.told for code in one.item.dossier_codes]
    more = words["more"].format(code=codes[0], count=len(codes) - 1)
    vnd = sum(one.item.cod_vnd for one in facts.told)
    return {
        "dossiers": codes[0] if len(codes) == 1 else more,
        "when": _when(facts, language),
        "money": words["money"].format(vnd=grouped(vnd, language)) if vnd else "",
        "next": _next(facts, first.item, language) if facts.kind in _STEPS_ON else "",
        "at": f"{first.happened_at.astimezone(VIETNAM):%H:%M %d/%m}",
        "office": facts.office.name,
    }


def _when(facts: Facts, language: Language) -> str:
    words = _SHORT[language]
    if facts.kind is not Kind.COMING:
        return ""
    if facts.window is None:
        return words["today"].format(day=_day(facts.told[0].happened_at.astimezone(VIETNAM).date()))
    first, last = (_hour(at) for at in facts.window)
    return words["window"].format(first=first, last=last)


def _next(facts: Facts, item: Item, language: Language) -> str:
    """What happens next by where the paper stands now, so that a later decision is told rather than an earlier one."""
    if facts.stays_until is not None:
        stays = "come" if item.invitations < INVITATIONS_NEEDED else "go_back"
        return _NEXT[language][stays].format(day=_day(facts.stays_until))
    step = _STEP.get(item.status)
    if step is None:
        step = ("collect " if is_fetched(item) else "") + ("soon" if item.not_before_on is None else "day")
    day = _day(item.not_before_on) if item.not_before_on else ""
    return _NEXT[language][step].format(day=day, office=facts.office.name)


def _letter(facts: Facts, language: Language, sentence: str) -> str:
    words = _LETTER[language]
    codes = [code for one in facts.told for code in one.item.dossier_codes]
    lines = [words["hello"].format(name=mask_name(facts.told[0].item.addressee.name)), "", sentence]
    lines += [f"- {code}" for code in codes] if len(codes) > 1 else []
    if facts.kind in _STEPS_ON and facts.told[0].item.status is Status.HELD:
        place = ", ".join(part for part in (facts.office.name, facts.office.address, facts.office.phone) if part)
        lines.append(words["held"].format(office=place))
    lines += ["", words["track"].format(track=facts.track_url), "", words["stop"].format(stop=facts.stop_url)]
    return "\n".join(lines) + "\n"


def _day(day: date) -> str:
    return f"{day:%d/%m}"


def _hour(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M}"
