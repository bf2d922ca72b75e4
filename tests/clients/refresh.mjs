// Redeems refresh tokens, all at once.
import * as client from 'openid-client'

import { discover, run, tried } from './job.mjs'

run(async (job) => {
  const config = await discover(job, job.client)
  return { answers: await Promise.all(job.tokens.map((token) => tried(client.refreshTokenGrant(config, token)))) }
})
