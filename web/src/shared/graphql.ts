/** One request to the graph, without a session: see client.ts for requests as the one who is signed in. */

export interface GraphQLFault {
  message: string;
  path?: readonly (string | number)[];
  extensions?: { code?: string; traceId?: string };
}

/** Why a mutation changed nothing: the contract's `UserError`. */
export interface Refusal {
  code: string;
  message: string;
  path: readonly string[] | null;
}

export interface GraphQLCall {
  document: string;
  operationName?: string;
  variables?: Record<string, unknown>;
}

export interface CallOptions {
  accessToken?: string | undefined;
  /** Lets the request outlive the page that sends it. */
  keepalive?: boolean;
}

/** The graph answered with GraphQL errors, or with something that is no GraphQL response. */
export class RequestFailed extends Error {
  readonly faults: readonly GraphQLFault[];
  readonly status: number;

  constructor(faults: readonly GraphQLFault[], status: number) {
    super(faults.map((fault) => fault.message).join("; ") || `The server answered ${status} without a GraphQL response.`);
    this.name = "RequestFailed";
    this.faults = faults;
    this.status = status;
  }

  has(code: string): boolean {
    return this.faults.some((fault) => fault.extensions?.code === code);
  }
}

interface Answer<Data> {
  data?: Data | null;
  errors?: GraphQLFault[];
}

/**
 * Sends one operation by GraphQL over HTTP and resolves to its `data`.
 * Rejects with RequestFailed where the answer has any error: these pages need all that they ask for.
 */
export async function post<Data>(call: GraphQLCall, options: CallOptions = {}): Promise<Data> {
  const response = await fetch("/graphql", {
    method: "POST",
    keepalive: options.keepalive ?? false,
    headers: {
      "content-type": "application/json",
      accept: "application/graphql-response+json, application/json;q=0.9",
      ...(options.accessToken ? { authorization: `Bearer ${options.accessToken}` } : {}),
    },
    body: JSON.stringify({ query: call.document, operationName: call.operationName, variables: call.variables }),
  });
  const answer = await parse<Data>(response);
  if (answer.errors?.length || answer.data == null) throw new RequestFailed(answer.errors ?? [], response.status);
  return answer.data;
}

async function parse<Data>(response: Response): Promise<Answer<Data>> {
  const type = response.headers.get("content-type") ?? "";
  if (!type.includes("json")) throw new RequestFailed([], response.status);
  return (await response.json()) as Answer<Data>;
}

/** What to tell a person about anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
