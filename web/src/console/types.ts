import type { components } from '../client/schema';

type Schemas = components['schemas'];

export type Plan = Schemas['PlanOut'];
export type PlanBrief = Schemas['PlanBrief'];
export type Route = Schemas['RouteOut'];
export type Stop = Schemas['StopOut'];
export type Unplanned = Schemas['UnplannedOut'];
export type Office = Schemas['OfficeOut'];
export type Courier = Schemas['CourierOut'];
export type CourierIn = Schemas['CourierIn'];
export type Loan = Schemas['LoanOut'];
export type LoanIn = Schemas['LoanIn'];
export type Item = Schemas['ItemOut'];
export type ItemDetail = Schemas['ItemDetail'];
export type QueueEntry = Schemas['QueueEntry'];
export type Candidate = Schemas['CandidateOut'];
export type Door = Schemas['DoorOut'];
export type Proposal = Schemas['ProposalOut'];
export type Phone = Schemas['DeviceOut'];
export type ProcedureRule = Schemas['ProcedureRuleOut'];
export type ProcedureRuleIn = Schemas['ProcedureRuleIn'];
export type Track = Schemas['TrackOut'];
export type OfficeRule = Schemas['OfficePlanning'];
export type CrewEffect = Schemas['WhatIfOut'];
export type CrewChange = CrewEffect['change'];
export type OrderTurn = Schemas['TurnOut'];
export type Lesson = Schemas['LessonOut'];
export type CourierMoney = Schemas['CourierDayOut'];
export type Settlement = Schemas['SettlementOut'];
export type Reconciliation = Schemas['ReconciliationOut'];
export type Agency = Schemas['AgencyOut'];
export type Complaint = Schemas['ComplaintOut'];
export type Decision = Schemas['ComplaintDecision']['to'];
export type Closure = Schemas['ClosureOut'];
export type ClosureIn = Schemas['ClosureIn'];
export type ClosureChange = Schemas['ClosureChange'];

/** A stop as the console shows it: the plan's stop with the state of its papers now. */
export interface StopView {
  stop: Stop;
  courierId: string;
  colour: number;
  status: string;
  /** `overdue`: due before the day; `risk`: due on the day; both only while not delivered. */
  risk: '' | 'risk' | 'overdue';
}

export interface RouteView {
  route: Route;
  stops: StopView[];
  done: number;
  failed: number;
  risk: number;
}
