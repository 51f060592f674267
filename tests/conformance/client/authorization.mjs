/** How an operator would register a server of the suite, from what the suite tells the client. */
export function settingOf(context) {
  const { client_id: clientId, client_secret: clientSecret, private_key_pem: privateKey } = context;
  const client = { clientId, ...(clientSecret && { clientSecret }) };
  if (context.idp_id_token) return { grant: 'identity-assertion', ...client, identity: identityIn(context) };
  if (context.valid_jwt) return { grant: 'jwt-bearer', clientId, assertion: context.valid_jwt };
  if (privateKey)
    return { grant: 'client-credentials', clientId, privateKey, algorithm: context.signing_algorithm ?? 'ES256' };
  if (process.env.MCP_CONFORMANCE_SCENARIO?.startsWith('auth/client-credentials'))
    return { grant: 'client-credentials', ...client };
  return { grant: 'authorization-code', ...(clientId && client) };
}

function identityIn({ idp_token_endpoint, idp_client_id, idp_id_token }) {
  return { tokenEndpoint: idp_token_endpoint, clientId: idp_client_id, idToken: idp_id_token };
}
