"""What other packages call: everything here is checked, within the caller's scope, and leaves the commit to them."""

from tracking.addresses import resolve_address
from tracking.agency_desk import give_to_agency, receive_from_agency
from tracking.apology import NewDate, set_due_dates
from tracking.audit import audit
from tracking.audit_values import Audited, Fault
from tracking.bags import forward, receive_bag, send_bag
from tracking.chain import BrokenLink, event_hash, hashed_content, verify_chain
from tracking.custody import carried_items, hand_back, list_handovers, take_out
from tracking.day_track import DayTrack, track_of_day
from tracking.decisions import decide_next, record_returned
from tracking.desk import find_code, hand_over, handovers_of_office, list_for
from tracking.devices import add_device, list_devices, record_from_device, revoke_device
from tracking.door_care import DoorCard, DoorChange, correct_door, find_door, forget_door, recall_door
from tracking.door_notes import door_notes
from tracking.doors import refresh_points
from tracking.epcis import document as epcis_document
from tracking.erasure import erase_files, erase_old_evidence
from tracking.evidence import (
    Evidence,
    EvidenceFile,
    EvidenceProof,
    Moment,
    find_agency,
    gather_evidence,
    items_of_day,
    read_file,
)
from tracking.holding import correct_event, invite, report_damaged, report_found, report_lost
from tracking.incidents import decide_incident, list_incidents
from tracking.intake import accept_results
from tracking.loans import lend, list_loans, take_back
from tracking.money import (
    correct_entry,
    courier_day,
    courier_days,
    hand_to_agency,
    item_entries,
    keep_postage,
    remit,
    settlement_entries,
)
from tracking.offices import (
    find_courier,
    known_couriers,
    list_agencies,
    list_couriers,
    list_offices,
    office_names,
    save_agency,
    save_courier,
    save_office,
)
from tracking.open_deeds import OpenDeeds, open_deeds
from tracking.planned import mark_planned, ready_items, release
from tracking.positions import courier_track, last_positions, record_positions
from tracking.procedure_rules import forget_rule, list_rules, otp_of, rules_of_items, save_rule
from tracking.proof import Said, record_proof, record_proofs
from tracking.proof_ahead import problems_before
from tracking.proof_files import ProofFile, SentFile, keep_bytes, read_proof_file, register_files, store_proof_file
from tracking.proof_list import KeptProof, item_proofs, last_proofs
from tracking.proposals import citizens_lessons, close_proposal, erase_old_words, open_proposals, propose_door
from tracking.reading import (
    ItemPage,
    address_queue,
    count_address_queue,
    count_items,
    find_item,
    find_items,
    item_history,
    list_items,
    public_view,
    shown_view,
    status_counts,
)
from tracking.root_values import DailyRoot, Inclusion, LoggedRoots
from tracking.roots import inclusion, inclusion_of, make_roots, published, root_provinces
from tracking.rounds import close_round, round_balance
from tracking.sheet_intake import SheetAnswer, accept_sheet
from tracking.sheet_template import template_xlsx
from tracking.transfers import ask_transfer, asked_transfers, colleagues, decide_transfer
from tracking.withdrawal import Named, WithdrawalAnswer, withdraw_results

__all__ = [
    "Audited",
    "BrokenLink",
    "DailyRoot",
    "DayTrack",
    "DoorCard",
    "DoorChange",
    "Evidence",
    "EvidenceFile",
    "EvidenceProof",
    "Fault",
    "Inclusion",
    "ItemPage",
    "KeptProof",
    "LoggedRoots",
    "Moment",
    "Named",
    "NewDate",
    "OpenDeeds",
    "ProofFile",
    "Said",
    "SentFile",
    "SheetAnswer",
    "WithdrawalAnswer",
    "accept_results",
    "accept_sheet",
    "add_device",
    "address_queue",
    "ask_transfer",
    "asked_transfers",
    "audit",
    "carried_items",
    "citizens_lessons",
    "close_proposal",
    "close_round",
    "colleagues",
    "correct_door",
    "correct_entry",
    "correct_event",
    "count_address_queue",
    "count_items",
    "courier_day",
    "courier_days",
    "courier_track",
    "decide_incident",
    "decide_next",
    "decide_transfer",
    "door_notes",
    "epcis_document",
    "erase_files",
    "erase_old_evidence",
    "erase_old_words",
    "event_hash",
    "find_agency",
    "find_code",
    "find_courier",
    "find_door",
    "find_item",
    "find_items",
    "forget_door",
    "forget_rule",
    "forward",
    "gather_evidence",
    "give_to_agency",
    "hand_back",
    "hand_over",
    "hand_to_agency",
    "handovers_of_office",
    "hashed_content",
    "inclusion",
    "inclusion_of",
    "invite",
    "item_entries",
    "item_history",
    "item_proofs",
    "items_of_day",
    "keep_bytes",
    "keep_postage",
    "known_couriers",
    "last_positions",
    "last_proofs",
    "lend",
    "list_agencies",
    "list_couriers",
    "list_devices",
    "list_for",
    "list_handovers",
    "list_incidents",
    "list_items",
    "list_loans",
    "list_offices",
    "list_rules",
    "make_roots",
    "mark_planned",
    "office_names",
    "open_deeds",
    "open_proposals",
    "otp_of",
    "problems_before",
    "propose_door",
    "public_view",
    "published",
    "read_file",
    "read_proof_file",
    "ready_items",
    "recall_door",
    "receive_bag",
    "receive_from_agency",
    "record_from_device",
    "record_positions",
    "record_proof",
    "record_proofs",
    "record_returned",
    "refresh_points",
    "register_files",
    "release",
    "remit",
    "report_damaged",
    "report_found",
    "report_lost",
    "resolve_address",
    "revoke_device",
    "root_provinces",
    "round_balance",
    "rules_of_items",
    "save_agency",
    "save_courier",
    "save_office",
    "save_rule",
    "send_bag",
    "set_due_dates",
    "settlement_entries",
    "shown_view",
    "status_counts",
    "store_proof_file",
    "take_back",
    "take_out",
    "template_xlsx",
    "track_of_day",
    "verify_chain",
    "withdraw_results",
]
