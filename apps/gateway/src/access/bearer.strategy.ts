import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { Authenticator, type Proof } from './authenticator.js';

type VerifyCallback = (error: Error | null, payload?: object) => void;

/**
 * passport-jwt extracts the bearer credential; the check itself is ours, with jose. jsonwebtoken, which passport-jwt would
 * call, accepts tokens it should not, and is never reached.
 */
@Injectable()
export class BearerStrategy extends PassportStrategy(Strategy, 'bearer') {
  constructor(authenticator: Authenticator) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_request: unknown, _token: unknown, done: (error: null, key: string) => void) =>
        done(null, 'unused'),
    });
    const strategy = Strategy as unknown as { JwtVerifier: unknown };
    strategy.JwtVerifier = (credential: string, _key: string, _options: object, done: VerifyCallback) => {
      authenticator.prove(credential).then(
        (proof) => done(null, proof),
        (error: Error) => done(error),
      );
    };
  }

  validate(proof: Proof): Proof {
    return proof;
  }
}
