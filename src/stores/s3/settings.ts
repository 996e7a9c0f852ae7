/** How the bucket is set up, one request for each setting. What is not set is a value; what is refused is trouble. */
import type { Asked, BucketFacts, BucketSession } from './bucket.js'
import type { S3 } from './client.js'
import { expiringRules, type Rule } from './lifecycle.js'
import type { Trouble } from './trouble.js'

type Setting = string | number | boolean | readonly Rule[]

interface Look {
  /** IAM action it takes. */
  readonly right: string
  readonly ask: (
    s3: S3,
    bucket: string,
    options: { readonly abortSignal: AbortSignal },
    facts: BucketFacts,
  ) => Promise<Setting>
  /** What it is where S3 says that nothing is set, by the code that says so. */
  readonly unset?: { readonly code: string; readonly value: Setting }
}

export const SETTINGS = {
  versioning: {
    right: 's3:GetBucketVersioning',
    ask: async ({ sdk, client }, Bucket, options) =>
      ((await client.send(new sdk.GetBucketVersioningCommand({ Bucket }), options)).Status ?? 'off').toLowerCase(),
  },
  encryption: {
    right: 's3:GetEncryptionConfiguration',
    ask: async ({ sdk, client }, Bucket, options) => {
      const output = await client.send(new sdk.GetBucketEncryptionCommand({ Bucket }), options)
      const [rule] = output.ServerSideEncryptionConfiguration?.Rules ?? []
      return rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? 'none'
    },
    unset: { code: 'ServerSideEncryptionConfigurationNotFoundError', value: 'none' },
  },
  public_access_blocked: {
    right: 's3:GetBucketPublicAccessBlock',
    ask: async ({ sdk, client }, Bucket, options) => {
      const { PublicAccessBlockConfiguration: all } = await client.send(
        new sdk.GetPublicAccessBlockCommand({ Bucket }),
        options,
      )
      const four = [all?.BlockPublicAcls, all?.IgnorePublicAcls, all?.BlockPublicPolicy, all?.RestrictPublicBuckets]
      return four.every((one) => one === true)
    },
    unset: { code: 'NoSuchPublicAccessBlockConfiguration', value: false },
  },
  policy_public: {
    right: 's3:GetBucketPolicyStatus',
    ask: async ({ sdk, client }, Bucket, options) =>
      (await client.send(new sdk.GetBucketPolicyStatusCommand({ Bucket }), options)).PolicyStatus?.IsPublic === true,
    unset: { code: 'NoSuchBucketPolicy', value: false },
  },
  object_ownership: {
    right: 's3:GetBucketOwnershipControls',
    ask: async ({ sdk, client }, Bucket, options) => {
      const output = await client.send(new sdk.GetBucketOwnershipControlsCommand({ Bucket }), options)
      return output.OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? 'none'
    },
    unset: { code: 'OwnershipControlsNotFoundError', value: 'none' },
  },
  lifecycle_rules: {
    right: 's3:GetLifecycleConfiguration',
    ask: async ({ sdk, client }, Bucket, options) => {
      const { Rules = [] } = await client.send(new sdk.GetBucketLifecycleConfigurationCommand({ Bucket }), options)
      return Rules.filter(({ Status }) => Status === 'Enabled').length
    },
    unset: { code: 'NoSuchLifecycleConfiguration', value: 0 },
  },
  expiring_rules: {
    right: 's3:GetLifecycleConfiguration',
    ask: async ({ sdk, client }, Bucket, options, { prefix }) => {
      const { Rules = [] } = await client.send(new sdk.GetBucketLifecycleConfigurationCommand({ Bucket }), options)
      return expiringRules(Rules, prefix)
    },
    unset: { code: 'NoSuchLifecycleConfiguration', value: [] },
  },
  object_lock: {
    right: 's3:GetBucketObjectLockConfiguration',
    ask: async ({ sdk, client }, Bucket, options) => {
      const output = await client.send(new sdk.GetObjectLockConfigurationCommand({ Bucket }), options)
      if (output.ObjectLockConfiguration?.ObjectLockEnabled !== 'Enabled') return 'off'
      return output.ObjectLockConfiguration.Rule?.DefaultRetention?.Mode?.toLowerCase() ?? 'enabled'
    },
    unset: { code: 'ObjectLockConfigurationNotFoundError', value: 'off' },
  },
  replication_rules: {
    right: 's3:GetReplicationConfiguration',
    ask: async ({ sdk, client }, Bucket, options) => {
      const output = await client.send(new sdk.GetBucketReplicationCommand({ Bucket }), options)
      return (output.ReplicationConfiguration?.Rules ?? []).filter(({ Status }) => Status === 'Enabled').length
    },
    unset: { code: 'ReplicationConfigurationNotFoundError', value: 0 },
  },
  notifications: {
    right: 's3:GetBucketNotification',
    ask: async ({ sdk, client }, Bucket, options) => {
      const output = await client.send(new sdk.GetBucketNotificationConfigurationCommand({ Bucket }), options)
      const lists = [output.LambdaFunctionConfigurations, output.QueueConfigurations, output.TopicConfigurations]
      const bridge = output.EventBridgeConfiguration === undefined ? 0 : 1
      return lists.reduce((sum, list) => sum + (list?.length ?? 0), bridge)
    },
  },
} as const satisfies Readonly<Record<string, Look>>

export type SettingName = keyof typeof SETTINGS

export async function settingOf(session: BucketSession, name: SettingName): Promise<Asked<Setting>> {
  const look: Look = SETTINGS[name]
  const { facts } = session
  const asked = await session.ask((s3, options) => look.ask(s3, facts.bucket, options, facts))
  if (!('trouble' in asked)) return asked
  if (look.unset !== undefined && asked.trouble.code === look.unset.code) return { answer: look.unset.value }
  return { trouble: naming(look.right, asked.trouble) }
}

/** The same trouble, with the right that is lacking where one is. */
export function naming(right: string, trouble: Trouble): Trouble {
  if (trouble.kind !== 'refused') return trouble
  return { ...trouble, message: `${trouble.message}: the right ${right} is missing` }
}

/**
 * Where the bucket lies: what answers said beside their content, or GetBucketLocation, which says nothing for the
 * oldest region and EU for the second.
 */
export async function regionOf(session: BucketSession): Promise<Asked<string>> {
  const { region } = session.noticed()
  if (region !== undefined) return { answer: region }
  const asked = await session.ask(({ sdk, client }, options) =>
    client.send(new sdk.GetBucketLocationCommand({ Bucket: session.facts.bucket }), options),
  )
  if ('trouble' in asked) return { trouble: naming('s3:GetBucketLocation', asked.trouble) }
  const named: string = asked.answer.LocationConstraint ?? 'us-east-1'
  return { answer: named === 'EU' ? 'eu-west-1' : named === '' ? 'us-east-1' : named }
}
