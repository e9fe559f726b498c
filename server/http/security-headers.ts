import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** Everything from ourselves; the component library writes its styles inline, so styles alone are allowed there. */
export function securityHeaders(production: boolean): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // A trial runs on plain http, where the header would only lock browsers out later.
    strictTransportSecurity: production ? { maxAge: 31_536_000 } : false,
    xFrameOptions: { action: 'deny' },
  });
}
