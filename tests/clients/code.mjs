// Authorization code with PKCE, from discovery to userinfo; then whatever the job asks for besides.
import * as client from 'openid-client'

import { Browser } from './browser.mjs'
import { discover, run, tried } from './job.mjs'

run(async (job) => {
  const config = await discover(job, job.client)
  const browser = new Browser()
  await browser.signIn(job.issuer, job)
  const verifier = client.randomPKCECodeVerifier()
  const checks = { expectedState: client.randomState(), expectedNonce: client.randomNonce() }
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: job.redirect,
    scope: job.scope,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    max_age: 3600,
  })
  const callback = await browser.authorize(url.href)
  const redeem = () =>
    client.authorizationCodeGrant(config, callback, { pkceCodeVerifier: verifier, ...checks, maxAge: 3600 })
  const redemptions = await Promise.all(Array.from({ length: job.redemptions }, () => tried(redeem())))
  const tokens = redemptions.find((one) => one.answer)?.answer
  const claims = tokens.claims()
  return {
    metadata: config.serverMetadata(),
    errors: redemptions.filter((one) => one.error).map((one) => one.error),
    tokens,
    claims,
    userinfo: job.userinfo && (await client.fetchUserInfo(config, tokens.access_token, claims.sub)),
    replay: job.replay && (await tried(redeem())),
  }
})
