import type { components } from '../../client/schema';

type Schemas = components['schemas'];

export type Count = Schemas['CountOut'];
export type Standing = Schemas['StandingOut'];
export type ChannelStanding = Schemas['ChannelStandingOut'];
export type Message = Schemas['NotificationOut'];
export type Paper = Schemas['ToldItemOut'];
export type Told = Schemas['ToldOut'];
export type Policy = Schemas['PolicyOut'];
export type OfficeChannels = Schemas['OfficeChannels'];
export type PolicyIn = Schemas['PolicyIn'];
export type Channel = Schemas['ChannelOut'];
export type ChannelIn = Schemas['ChannelIn'];
export type ChannelTrial = Schemas['ChannelTestOut'];
export type Office = Schemas['OfficeOut'];
