import type { components } from '../client/schema';

type Schemas = components['schemas'];

export type DossierRow = Schemas['DossierRowOut'];
export type DossierPage = Schemas['DossierPageOut'];
export type Counts = Schemas['GroupCounts'];
export type Group = keyof Counts;
export type Endpoint = Schemas['EndpointOut'];
export type DeadLetter = Schemas['DeadLetterOut'];
export type ReplayIn = Schemas['ReplayIn'];
export type Trial = Schemas['TrialOut'];
export type OpenCpsIn = Schemas['OpenCpsEndpointIn'];
export type Key = Schemas['KeyOut'];
export type Run = Schemas['RunOut'];
export type RunDetail = Schemas['RunDetailOut'];
export type Difference = Schemas['DossierDifferenceOut'];
