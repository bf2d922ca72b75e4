// What every script does: takes a job from standard input, and tells what it saw on standard output.
import * as client from 'openid-client'

export async function run(work) {
  let input = ''
  for await (const chunk of process.stdin) input += chunk
  process.stdout.write(JSON.stringify(await work(JSON.parse(input))))
}

export function discover(job, id, authentication = client.None()) {
  return client.discovery(new URL(job.issuer), id, undefined, authentication, { execute: [client.allowInsecureRequests] })
}

// The result, or the OAuth error code that it failed with.
export async function tried(promise) {
  try {
    return { answer: await promise }
  } catch (error) {
    if (!error.error) throw error
    return { error: error.error }
  }
}
