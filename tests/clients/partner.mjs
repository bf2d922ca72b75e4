// Client credentials by both ways to send a secret; introspection and revocation of what they gave.
import * as client from 'openid-client'

import { discover, run } from './job.mjs'

run(async (job) => {
  const configs = await Promise.all(
    [client.ClientSecretBasic, client.ClientSecretPost].map((by) => discover(job, job.client, by(job.secret))),
  )
  const tokens = []
  for (const config of configs) tokens.push(await client.clientCredentialsGrant(config, job.parameters))
  const [config] = configs
  const look = () => Promise.all(tokens.map((one) => client.tokenIntrospection(config, one.access_token)))
  const before = await look()
  await client.tokenRevocation(config, tokens[1].access_token)
  return { tokens, before, after: await look() }
})
