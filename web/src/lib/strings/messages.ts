import { channels as enChannels } from './en/channels';
import { messages as en } from './en/messages';
import { shared as enShared } from './en/shared';
import { channels as viChannels } from './vi/channels';
import { messages as vi } from './vi/messages';
import { shared as viShared } from './vi/shared';
import { words } from './words';

/** What the pages of notifications say. */
export const say = words({ ...viShared, ...vi, ...viChannels }, { ...enShared, ...en, ...enChannels });
