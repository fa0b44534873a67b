// A company's identity provider: OpenID Connect by oidc-provider, SAML by samlp. Whoever names themselves is it.
// node idp.mjs PORT KEY CERTIFICATE REDIRECT_URI...
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';
import samlp from 'samlp';

const [port, keyFile, certFile, ...redirect_uris] = process.argv.slice(2);
const [key, cert] = [readFileSync(keyFile), readFileSync(certFile)];
const here = `http://localhost:${port}`;
const issuer = `${here}/saml`;
const name = (address) => address.split('@')[0];

const oidc = new Provider(here, {
  clients: [{ client_id: 'headshots', client_secret: 'known to both', redirect_uris }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: id, email_verified: !id.startsWith('unsure'), name: name(id) }),
  }),
});
const byOidc = oidc.callback();

const asUser = ({ query: { user } }) => ({
  id: user,
  emails: [{ value: user }],
  displayName: name(user),
  name: { givenName: name(user), familyName: 'Test' },
});

const bySaml = (request, response, failed) =>
  samlp.parseRequest(request, (error, asked) => {
    if (error) return failed(error);
    const to = asked.assertionConsumerServiceURL;
    const getPostURL = (_, __, ___, done) => done(null, to);
    const answer = { issuer, key, cert, getPostURL, getUserFromRequest: asUser, destination: to, recipient: to };
    return samlp.auth(answer)(request, response, failed);
  });

const metadata = samlp.metadata({ issuer, cert, redirectEndpointPath: '/saml', postEndpointPath: '/saml' });

// samlp expects what Express adds to requests and responses.
const dressed = (request, response) => {
  const url = new URL(request.url, here);
  request.query = Object.fromEntries(url.searchParams);
  request.protocol = 'http';
  response.set = (field, value) => response.setHeader(field, value);
  response.send = (body) => response.end(body);
  return url.pathname;
};

createServer((request, response) => {
  const failed = (error) => response.writeHead(500).end(String(error.stack));
  switch (dressed(request, response)) {
    case '/saml': return bySaml(request, response, failed);
    case '/saml/metadata': return metadata(request, response);
    default: return byOidc(request, response);
  }
}).listen(port, '127.0.0.1');
