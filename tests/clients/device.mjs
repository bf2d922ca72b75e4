// The device flow; the household approves by GraphQL.
import * as client from 'openid-client'

import { discover, run, tried } from './job.mjs'

const APPROVE = 'mutation ($code: String!) { approveDevice(userCode: $code) { device { name kind } userErrors { code } } }'

run(async (job) => {
  const config = await discover(job, job.client)
  const asked = await client.initiateDeviceAuthorization(config, { scope: job.scope, device_name: job.name })
  const approval = await fetch(`${job.issuer}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${job.household}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: APPROVE, variables: { code: asked.user_code.toLowerCase().replace('-', ' ') } }),
  })
  const polled = await tried(client.pollDeviceAuthorizationGrant(config, { ...asked, interval: 0.1 }))
  return { asked, approved: await approval.json(), ...polled, claims: polled.answer?.claims() }
})
