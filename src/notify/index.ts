/** The registry of channels: one literal. Each loads what it sends with when it sends. */
import type { AnyChannel } from './channel.js'
import { email } from './email.js'
import { pagerduty } from './pagerduty.js'
import { slack } from './slack.js'
import { webhook } from './webhook.js'

export const channels: readonly AnyChannel[] = [webhook, slack, pagerduty, email]

export function channelOf(type: string): AnyChannel | undefined {
  return channels.find(({ name }) => name === type)
}
