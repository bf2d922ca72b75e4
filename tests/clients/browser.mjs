// A browser without a screen: it keeps cookies, signs in, and allows or denies what a client asks for.
export class Browser {
  cookies = new Map()

  async open(url, form) {
    const headers = { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
    const options = { headers, redirect: 'manual' }
    if (form) {
      headers.origin = new URL(url).origin
      Object.assign(options, { method: 'POST', body: new URLSearchParams(form) })
    }
    const answer = await fetch(url, options)
    for (const cookie of answer.headers.getSetCookie()) {
      const [name, value] = cookie.split(';')[0].split(/=(.*)/)
      this.cookies.set(name, value)
    }
    return answer
  }

  async signIn(issuer, { email, password }) {
    const answer = await this.open(`${issuer}/oauth/sign-in`, { email, password, continue: '/oauth/device' })
    if (answer.status !== 303) throw new Error(`sign-in: ${answer.status} ${await answer.text()}`)
  }

  // The address that the client is called back at, once somebody decided on the consent page if there is one.
  async authorize(url, decision = 'allow') {
    let answer = await this.open(url)
    if (answer.status === 200) answer = await this.open(url, { decision })
    const location = answer.headers.get('location')
    if (answer.status !== 303 || !location) throw new Error(`authorize: ${answer.status} ${await answer.text()}`)
    return new URL(location)
  }
}
