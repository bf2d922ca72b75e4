// Follows continue-watching by the client named, whose own retry brings it back; says each event on a line of its own.
import { text } from 'node:stream/consumers'

import { ApolloClient, ApolloLink, gql, InMemoryCache } from '@apollo/client/core'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { Client, subscriptionExchange } from '@urql/core'
import * as sse from 'graphql-sse'
import * as ws from 'graphql-ws'
import { tap } from 'rxjs'

const RETRY_MS = 50

const job = JSON.parse(await text(process.stdin))
const authorization = `Bearer ${job.token}`
const retries = { retryAttempts: Infinity }
const soon = () => new Promise((resolve) => setTimeout(resolve, RETRY_MS))

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)
const ended = (reason) => say({ ended: String(reason?.reason || reason) })
const told = ({ data, errors }) => (errors ? ended(JSON.stringify(errors)) : say(data.continueWatchingChanged))
const listener = { next: told, error: ended, complete: () => ended('completed') }

// A client that retries sends what it sent at first: the same object, in which the cursor is then the last one.
function remember(variables, { data }) {
  if (job.resumes && data) variables.after = data.continueWatchingChanged.cursor
}

function remembering(variables, sink) {
  const next = (result) => {
    remember(variables, result)
    sink.next(result)
  }
  return { ...sink, next, error: (reason) => sink.error(reason), complete: () => sink.complete() }
}

// Without `shouldRetry` it gives up at the error event that comes before the close event of a lost connection.
const socket = () =>
  ws.createClient({
    url: job.url.replace('http', 'ws'),
    connectionParams: { Authorization: authorization },
    retryWait: soon,
    shouldRetry: () => true,
    ...retries,
  })

const follow = {
  'graphql-ws'() {
    const variables = { after: null }
    socket().subscribe({ query: job.query, variables }, remembering(variables, listener))
  },

  'apollo-client'() {
    const resuming = new ApolloLink((operation, forward) =>
      forward(operation).pipe(tap((result) => remember(operation.variables, result))),
    )
    const link = resuming.concat(new GraphQLWsLink(socket()))
    const client = new ApolloClient({ cache: new InMemoryCache(), link })
    client.subscribe({ query: gql(job.query), variables: { after: null } }).subscribe({
      ...listener,
      next: ({ data, error }) => (error ? ended(error) : told({ data })),
    })
  },

  urql() {
    const client = socket()
    const forwardSubscription = ({ query, variables }) => ({
      subscribe(sink) {
        const given = { ...variables }
        return { unsubscribe: client.subscribe({ query, variables: given }, remembering(given, sink)) }
      },
    })
    const urql = new Client({ url: job.url, exchanges: [subscriptionExchange({ forwardSubscription })] })
    urql
      .subscription(job.query, { after: null })
      .subscribe(({ data, error }) => (error ? ended(error) : told({ data })))
  },

  'graphql-sse'() {
    const variables = { after: null }
    const client = sse.createClient({ url: job.url, headers: { authorization }, retry: soon, ...retries })
    client.subscribe({ query: job.query, variables }, remembering(variables, listener))
  },
}

follow[job.client]()
