/** `tokens`: how long what we hand to apps is good for. */

import { z } from 'zod'
import { duration } from '../values/duration.ts'

export const tokens = z
  .strictObject({
    // RFC 6749 §4.1.2: a maximum authorization code lifetime of 10 minutes is RECOMMENDED.
    authorization_code: duration({ standard: '60s', atLeast: '1s', atMost: '10m' }).describe(
      'Time an app has to exchange its authorization code.',
    ),
    access_token: duration({ standard: '1h', atLeast: '1s', atMost: '30d' }).describe('Lifetime of access tokens.'),
    id_token: duration({ standard: '1h', atLeast: '1s', atMost: '30d' }).describe('Lifetime of ID tokens.'),
    refresh_token: duration({ standard: '30d', atLeast: '1s', atMost: '10y' }).describe(
      'A refresh token ends when it was not used for this long.',
    ),
    refresh_token_max: duration({ standard: '1y', atLeast: '1s', atMost: '10y' }).describe(
      'A refresh token ends this long after the sign-in, however often it is used.',
    ),
    refresh_grace: duration({ standard: '5s', atLeast: '0s', atMost: '5m' }).describe(
      'How long the refresh token before the current one is still answered, for apps that lost the answer.',
    ),
    // RFC 9126 §2.2: expires_in is between 5 and 600 seconds; FAPI 2.0 Security Profile §5.3.2.2: less than 600.
    pushed_request: duration({ standard: '90s', atLeast: '5s', atMost: '599s' }).describe(
      'Time a browser has to come with a pushed authorization request.',
    ),
  })
  .superRefine((tokens, context) => {
    if (tokens.refresh_token_max >= tokens.refresh_token) return
    context.addIssue({
      code: 'custom',
      path: ['refresh_token'],
      message: 'must not be longer than tokens.refresh_token_max',
    })
  })
  .transform(tokens => ({
    authorizationCodeSeconds: tokens.authorization_code,
    accessTokenSeconds: tokens.access_token,
    idTokenSeconds: tokens.id_token,
    refreshTokenSeconds: tokens.refresh_token,
    refreshTokenMaxSeconds: tokens.refresh_token_max,
    refreshGraceSeconds: tokens.refresh_grace,
    pushedRequestSeconds: tokens.pushed_request,
  }))
  .prefault({})
  .describe('Lifetimes of codes and tokens.')
